/*
 * The table goes before every other test because four to eight bytes settle most files. It is
 * ordered by certainty: what is longer and rarer stands first, and whatever has a magic shorter than
 * four bytes takes a second look at fields that must make sense.
 */
#include "ident_table.h"

#include "ident_disk.h"

#include "base/poison.h"

static bool
test_gzip(struct span h)
{
	return h.n >= 10 && (h.p[3] & 0xE0) == 0;
}

static bool
test_bzip2(struct span h)
{
	return h.n >= 10 && h.p[3] >= '1' && h.p[3] <= '9' &&
		(span_has(h, 4, "1AY&SY", 6) || span_has(h, 4, "\x17\x72\x45\x38\x50\x90", 6));
}

static bool
test_lzma(struct span h)
{
	uint32_t dict = h.n >= 13 ? le32(h.p + 1) : 0;
	uint64_t size = h.n >= 13 ? le64(h.p + 5) : 0;
	uint32_t top = dict & (dict - 1);

	if (h.n < 13 || h.p[0] >= 225 || dict < 4096)
		return false;
	return (top == 0 || top == dict / 3 * 2) && (size == UINT64_MAX || size >> 40 == 0) &&
		(h.n == 13 || h.p[13] == 0);
}

static bool
test_compress(struct span h)
{
	return h.n >= 4 && (h.p[2] & 0x60) == 0 && (h.p[2] & 31) >= 9 && (h.p[2] & 31) <= 16;
}

static bool
test_cpio_bin(struct span h)
{
	bool big = h.n >= 26 && h.p[0] == 0x71;
	unsigned mode, name;

	if (h.n < 27)
		return false;
	mode = big ? be16(h.p + 6) : le16(h.p + 6);
	name = big ? be16(h.p + 20) : le16(h.p + 20);
	return mode >> 12 != 0 && mode >> 12 <= 12 && name > 1 && name <= 4096 && h.p[26] != 0;
}

static bool
test_lha(struct span h)
{
	return h.n >= 22 && h.p[6] == '-' && h.p[0] != 0 && h.p[20] <= 3 &&
		((h.p[4] == 'h' && ((h.p[5] >= '0' && h.p[5] <= '9') || h.p[5] == 'd')) ||
			(h.p[4] == 'z' && (h.p[5] == 's' || h.p[5] == '4' || h.p[5] == '5')));
}

static bool
test_bmp(struct span h)
{
	uint32_t dib = h.n >= 26 ? le32(h.p + 14) : 0;

	return dib >= 12 && dib <= 124 && le16(h.p + 6) == 0;
}

static bool
test_ico(struct span h)
{
	return h.n >= 22 && le16(h.p + 4) >= 1 && le16(h.p + 4) <= 64 && h.p[9] == 0 &&
		le32(h.p + 18) >= 22;
}

static bool
test_mp3(struct span h)
{
	return h.n >= 4 && (h.p[1] & 0xE0) == 0xE0 && (h.p[1] & 0x18) != 0x08 &&
		(h.p[1] & 0x06) == 0x02 && h.p[2] >> 4 != 0 && h.p[2] >> 4 != 15 &&
		(h.p[2] & 0x0C) != 0x0C;
}

static bool
test_ts(struct span h)
{
	return h.n > 564 && h.p[188] == 0x47 && h.p[376] == 0x47 && h.p[564] == 0x47;
}

static bool
test_ttf(struct span h)
{
	unsigned tables = h.n >= 16 ? be16(h.p + 4) : 0;

	if (tables < 3 || tables > 128)
		return false;
	for (size_t i = 12; i < 16; i++) {
		if (h.p[i] < ' ' || h.p[i] > '~')
			return false;
	}
	return true;
}

static bool
test_mz(struct span h)
{
	uint32_t at;

	if (h.n < 64)
		return false;
	at = le32(h.p + 60);
	if (at <= h.n - 4)
		return span_has(h, at, "PE\0\0", 4) || span_has(h, at, "NE", 2) ||
			span_has(h, at, "LE", 2) || le16(h.p + 8) <= 4096;
	return true;
}

static bool
test_class(struct span h)
{
	return h.n >= 8 && be16(h.p + 6) >= 43 && be16(h.p + 6) < 200;
}

static bool
test_fat(struct span h)
{
	return h.n >= 8 && be32(h.p + 4) >= 1 && be32(h.p + 4) <= 40;
}

/* PFX ::= SEQUENCE { version INTEGER 3, authSafe SEQUENCE ... } */
static bool
test_pkcs12(struct span h)
{
	size_t at = 2;

	if (h.n < 16)
		return false;
	if (h.p[1] > 0x80)
		at += h.p[1] & 7;
	return span_has(h, at, "\x02\x01\x03\x30", 4);
}

static bool
test_jks(struct span h)
{
	return h.n >= 12 && (be32(h.p + 4) == 1 || be32(h.p + 4) == 2);
}

/* An encrypted OpenPGP message opens with a session key packet of version 3, 4 or 6. */
static bool
test_pgp(struct span h)
{
	unsigned tag = h.n >= 6 ? h.p[0] : 0;
	size_t at = 2;

	if ((tag & 0xC0) == 0xC0)
		at = h.p[1] >= 192 ? 3 : 2;
	else if ((tag & 3) == 1)
		at = 3;
	if (h.n < 16)
		return false;
	if (tag == 0xC1 || tag >> 2 == 0x21) {
		unsigned alg = h.p[at + 9];

		return h.p[at] == 3 && (alg <= 3 || alg == 16 || alg == 18 || alg == 25);
	}
	return h.p[at] == 4 && h.p[at + 1] >= 1 && h.p[at + 1] <= 13 &&
		(h.p[at + 2] == 3 || h.p[at + 2] == 1) && h.p[at + 3] >= 1 && h.p[at + 3] <= 14;
}

/* A workbook before Excel 5 begins with its first record: length, version and kind must fit. */
static bool
test_biff(struct span h)
{
	unsigned n = h.n >= 8 ? le16(h.p + 2) : 0, kind = h.n >= 8 ? le16(h.p + 6) : 0;

	return n >= 4 && n <= 16 && h.n >= 4 + n &&
		(kind == 5 || kind == 6 || kind == 0x10 || kind == 0x20 || kind == 0x40 ||
			kind == 0x100);
}

static bool
test_riff_webp(struct span h)
{
	return span_has(h, 8, "WEBP", 4);
}

static bool
test_riff_wave(struct span h)
{
	return span_has(h, 8, "WAVE", 4);
}

static bool
test_riff_avi(struct span h)
{
	return span_has(h, 8, "AVI ", 4);
}

static bool
test_ftyp_image(struct span h)
{
	return span_has(h, 8, "hei", 3) || span_has(h, 8, "hev", 3) || span_has(h, 8, "mif1", 4) ||
		span_has(h, 8, "msf1", 4) || span_has(h, 8, "avif", 4);
}

static bool
test_ftyp_audio(struct span h)
{
	return span_has(h, 8, "M4A ", 4) || span_has(h, 8, "M4B ", 4);
}

static bool
test_first_zero(struct span h)
{
	return h.n > 4 && h.p[0] == 0;
}

static bool
test_deb(struct span h)
{
	return span_has(h, 8, "debian", 6);
}

static bool
octal_field(const uint8_t *p, size_t n, uint32_t *ret_v)
{
	uint32_t v = 0;
	size_t i = 0;

	while (i < n && p[i] == ' ')
		i++;
	if (i == n || p[i] < '0' || p[i] > '7')
		return false;
	for (; i < n && p[i] >= '0' && p[i] <= '7'; i++)
		v = v << 3 | (uint32_t)(p[i] - '0');
	if (i < n && p[i] != ' ' && p[i] != 0)
		return false;
	*ret_v = v;
	return true;
}

/* The header's bytes add up, with the checksum field counted as blanks (signed or unsigned). */
static bool
test_tar(struct span h)
{
	uint32_t want, sum = 0;
	int32_t signed_sum = 0;

	if (h.n < 512 || h.p[0] == 0 || !octal_field(h.p + 148, 8, &want))
		return false;
	for (size_t i = 0; i < 512; i++) {
		uint8_t c = i >= 148 && i < 156 ? ' ' : h.p[i];

		sum += c;
		signed_sum += (int8_t)c;
	}
	return want == sum || (int32_t)want == signed_sum;
}

/* CMS EnvelopedData or AuthEnvelopedData: what an encrypted S/MIME part is by itself. */
static bool
test_enveloped(struct span h)
{
	static const uint8_t oid[] = {
		0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x03};
	static const uint8_t auth[] = {
		0x06, 0x0B, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x10, 0x01, 0x17};
	size_t at = h.n < 2 ? h.n : h.p[1] < 0x80 ? 2 : 2 + (size_t)(h.p[1] & 0x7F);

	return at <= 6 && (span_has(h, at, oid, sizeof oid) || span_has(h, at, auth, sizeof auth));
}

/* CMS SignedData: what was signed lies inside, or is elsewhere (a signature, certificates). */
static bool
test_signed(struct span h)
{
	static const uint8_t oid[] = {
		0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x02};
	size_t at = h.n < 2 ? h.n : h.p[1] < 0x80 ? 2 : 2 + (size_t)(h.p[1] & 0x7F);

	return at <= 6 && span_has(h, at, oid, sizeof oid);
}

/* An OpenPGP message that is compressed, as signed ones are: zlib's and bzip2's marks, a deflate block. */
static bool
test_pgp_packed(struct span h)
{
	if (h.n < 32)
		return false;
	if (h.p[1] == 3)
		return span_has(h, 2, "BZh", 3);
	if (h.p[1] == 2)
		return h.p[2] == 0x78 && be16(h.p + 2) % 31 == 0;
	return h.p[1] == 1 && (h.p[2] & 7) != 6 && (h.p[2] & 7) != 7 &&
		((h.p[2] & 6) != 0 || (le16(h.p + 3) ^ le16(h.p + 5)) == 0xFFFF);
}

#define S(o, m, f, mime_)                                                                          \
	{                                                                                          \
		o, sizeof(m) - 1, FORMAT_##f, m, mime_, NULL                                       \
	}
#define T(o, m, f, mime_, t)                                                                       \
	{                                                                                          \
		o, sizeof(m) - 1, FORMAT_##f, m, mime_, t                                          \
	}

static const struct signature signatures[] = {
	S(0, "PK\3\4", ZIP, "application/zip"),
	S(0, "PK\5\6", ZIP, "application/zip"),
	S(0, "PK\7\10PK\3\4", ZIP, "application/zip"),
	S(0, "PK00PK\3\4", ZIP, "application/zip"),
	T(0, "\x1F\x8B\x08", GZIP, "application/gzip", test_gzip),
	S(0, "%PDF-", PDF, "application/pdf"),
	S(0, "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", OLE2, "application/x-ole-storage"),
	T(0, "\x09\0\4\0", OLE2, "application/vnd.ms-excel", test_biff),
	T(0, "\x09\2\6\0", OLE2, "application/vnd.ms-excel", test_biff),
	T(0, "\x09\4\6\0", OLE2, "application/vnd.ms-excel", test_biff),
	T(0, "\x09\x08\x08\0", OLE2, "application/vnd.ms-excel", test_biff),
	T(0, "\x09\x08\x10\0", OLE2, "application/vnd.ms-excel", test_biff),
	S(0, "\x89PNG\r\n\x1A\n", IMAGE, "image/png"),
	S(0, "\xFF\xD8\xFF", IMAGE, "image/jpeg"),
	S(0, "GIF87a", IMAGE, "image/gif"),
	S(0, "GIF89a", IMAGE, "image/gif"),
	S(0, "II*\0", IMAGE, "image/tiff"),
	S(0, "MM\0*", IMAGE, "image/tiff"),
	S(0, "II+\0\x08\0", IMAGE, "image/tiff"),
	S(0, "8BPS\0", IMAGE, "image/vnd.adobe.photoshop"),
	S(0, "\0\0\0\x0CjP  \r\n\x87\n", IMAGE, "image/jp2"),
	S(0, "\xFF\x4F\xFF\x51\0", IMAGE, "image/x-jp2-codestream"),
	S(0, "gimp xcf", IMAGE, "image/x-xcf"),
	S(0, "\xD7\xCD\xC6\x9A\0\0", IMAGE, "image/wmf"),
	S(40, " EMF\0\0\1\0", IMAGE, "image/emf"),
	T(0, "BM", IMAGE, "image/bmp", test_bmp),
	T(0, "\0\0\1\0", IMAGE, "image/x-icon", test_ico),
	T(0, "\0\0\2\0", IMAGE, "image/x-icon", test_ico),
	T(0, "RIFF", IMAGE, "image/webp", test_riff_webp),
	T(4, "ftyp", IMAGE, "image/heif", test_ftyp_image),
	S(0, "7z\xBC\xAF\x27\x1C", 7Z, "application/x-7z-compressed"),
	S(0, "Rar!\x1A\7\0", RAR, "application/x-rar"),
	S(0, "Rar!\x1A\7\1\0", RAR, "application/x-rar"),
	T(0, "BZh", BZIP2, "application/x-bzip2", test_bzip2),
	S(0, "\xFD\x37zXZ\0", XZ, "application/x-xz"),
	S(0, "\x28\xB5\x2F\xFD", ZSTD, "application/zstd"),
	S(0, "\4\"M\x18", LZ4, "application/x-lz4"),
	S(0, "\2!L\x18", LZ4, "application/x-lz4"),
	S(0, "LZIP\1", LZIP, "application/x-lzip"),
	T(0, "\x1F\x9D", COMPRESS, "application/x-compress", test_compress),
	T(0, "\x5D\0\0", LZMA, "application/x-lzma", test_lzma),
	S(257, "ustar", TAR, "application/x-tar"),
	S(0, "070701", CPIO, "application/x-cpio"),
	S(0, "070702", CPIO, "application/x-cpio"),
	S(0, "070707", CPIO, "application/x-cpio"),
	T(0, "\xC7\x71", CPIO, "application/x-cpio", test_cpio_bin),
	T(0, "\x71\xC7", CPIO, "application/x-cpio", test_cpio_bin),
	S(0, "MSCF\0\0\0\0", CAB, "application/vnd.ms-cab-compressed"),
	T(0, "!<arch>\n", AR, "application/vnd.debian.binary-package", test_deb),
	S(0, "!<arch>\n", AR, "application/x-archive"),
	S(0, "!<thin>\n", EXECUTABLE, "application/x-archive"),
	T(2, "-l", LHA, "application/x-lzh-compressed", test_lha),
	S(0, "xar!", XAR, "application/x-xar"),
	S(0, "\xED\xAB\xEE\xDB", RPM, "application/x-rpm"),
	S(0, "{\\rtf", RTF, "text/rtf"),
	S(0, "!BDN", PST, "application/vnd.ms-outlook-pst"),
	S(0, "\xCF\xAD\x12\xFE\xC5\xFD\x74\x6F", OTHER, "application/x-outlook-express"),
	S(0, "\x1A\0\0\4\0\0", OTHER, "application/vnd.lotus-notes"),
	S(0, "\x78\x9F\x3E\x22", TNEF, "application/vnd.ms-tnef"),
	S(0, "SQLite format 3\0", SQLITE, "application/vnd.sqlite3"),
	S(0, "\0\1\0\0Standard Jet DB\0", MDB, "application/x-msaccess"),
	S(0, "\0\1\0\0Standard ACE DB\0", MDB, "application/x-msaccess"),
	S(0, "\0\1\0\0MSISAM Database\0", MDB, "application/x-msaccess"),
	S(0,
		"\x7F"
		"ELF",
		EXECUTABLE, "application/x-executable"),
	T(0, "MZ", EXECUTABLE, "application/vnd.microsoft.portable-executable", test_mz),
	S(0, "\xFE\xED\xFA\xCE", EXECUTABLE, "application/x-mach-binary"),
	S(0, "\xFE\xED\xFA\xCF", EXECUTABLE, "application/x-mach-binary"),
	S(0, "\xCE\xFA\xED\xFE", EXECUTABLE, "application/x-mach-binary"),
	S(0, "\xCF\xFA\xED\xFE", EXECUTABLE, "application/x-mach-binary"),
	T(0, "\xCA\xFE\xBA\xBE", EXECUTABLE, "application/x-mach-binary", test_fat),
	T(0, "\xCA\xFE\xBA\xBE", EXECUTABLE, "application/java-vm", test_class),
	S(0, "\0asm", EXECUTABLE, "application/wasm"),
	S(0, "dex\n03", EXECUTABLE, "application/vnd.android.dex"),
	S(0, "\x03\xD9\xA2\x9A\x67\xFB\x4B\xB5", KEYSTORE, "application/x-keepass2"),
	S(0, "\x03\xD9\xA2\x9A\x66\xFB\x4B\xB5", KEYSTORE, "application/x-keepass2"),
	S(0, "\x03\xD9\xA2\x9A\x65\xFB\x4B\xB5", KEYSTORE, "application/x-keepass"),
	T(0, "\xFE\xED\xFE\xED", KEYSTORE, "application/x-java-keystore", test_jks),
	T(0, "\xCE\xCE\xCE\xCE", KEYSTORE, "application/x-java-jce-keystore", test_jks),
	T(0, "\x30", KEYSTORE, "application/pkcs12", test_pkcs12),
	S(0, "LUKS\xBA\xBE", ENCRYPTED, "application/x-luks"),
	S(0, "Salted__", ENCRYPTED, "application/x-openssl-salted"),
	S(0, "U2FsdGVkX1", ENCRYPTED, "application/x-openssl-salted"),
	S(0, "-----BEGIN PGP MESSAGE-----", ENCRYPTED, "application/pgp-encrypted"),
	S(0, "age-encryption.org/v1\n", ENCRYPTED, "application/x-age-encryption"),
	S(0, "-----BEGIN AGE ENCRYPTED FILE-----", ENCRYPTED, "application/x-age-encryption"),
	S(0, "$ANSIBLE_VAULT;", ENCRYPTED, "application/x-ansible-vault"),
	S(3, "-FVE-FS-", ENCRYPTED, "application/x-bitlocker"),
	S(0, "encrcdsa", ENCRYPTED, "application/x-apple-encrypted-diskimage"),
	T(0, "\x84", ENCRYPTED, "application/pgp-encrypted", test_pgp),
	T(0, "\x85", ENCRYPTED, "application/pgp-encrypted", test_pgp),
	T(0, "\x8C", ENCRYPTED, "application/pgp-encrypted", test_pgp),
	T(0, "\xC1", ENCRYPTED, "application/pgp-encrypted", test_pgp),
	T(0, "\xC3", ENCRYPTED, "application/pgp-encrypted", test_pgp),
	T(0, "\x30", ENCRYPTED, "application/pkcs7-mime", test_enveloped),
	T(0, "\x30", OTHER, "application/pkcs7-signature", test_signed),
	T(0, "\xA3", OTHER, "application/pgp-signature", test_pgp_packed),
	S(0, "-----BEGIN CMS-----", OTHER, "application/x-pkcs7-pem"),
	S(0, "-----BEGIN PKCS7-----", OTHER, "application/x-pkcs7-pem"),
	S(0, "\x37\x7F\x06\x82\0\x2D\xE2\x18", OTHER, "application/x-sqlite3-wal"),
	S(0, "\x37\x7F\x06\x83\0\x2D\xE2\x18", OTHER, "application/x-sqlite3-wal"),
	S(0, "QFI\xFB", DISK, "application/x-qemu-disk"),
	S(0, "KDMV", DISK, "application/x-vmdk-disk"),
	S(0, "# Disk DescriptorFile", DISK, "application/x-vmdk-disk"),
	S(0, "vhdxfile", DISK, "application/x-vhdx-disk"),
	S(0, "conectix", DISK, "application/x-vhd-disk"),
	S(0, "MSWIM\0\0\0", DISK, "application/x-ms-wim"),
	S(0, "XFSB\0\0", DISK, "application/x-raw-disk-image"),
	T(0, "hsqs", DISK, "application/vnd.squashfs", disk_is_squashfs),
	S(64, "\x7F\x10\xDA\xBE", DISK, "application/x-virtualbox-vdi"),
	S(0, "ID3", AUDIO, "audio/mpeg"),
	S(0, "fLaC", AUDIO, "audio/flac"),
	S(0, "OggS\0", AUDIO, "audio/ogg"),
	T(0, "RIFF", AUDIO, "audio/x-wav", test_riff_wave),
	S(8, "AIFF", AUDIO, "audio/x-aiff"),
	S(0, "MThd\0\0\0\6", AUDIO, "audio/midi"),
	S(0, "#!AMR", AUDIO, "audio/amr"),
	T(4, "ftyp", AUDIO, "audio/mp4", test_ftyp_audio),
	T(0, "\xFF", AUDIO, "audio/mpeg", test_mp3),
	T(4, "ftyp", VIDEO, "video/mp4", test_first_zero),
	T(4, "moov", VIDEO, "video/quicktime", test_first_zero),
	T(4, "mdat", VIDEO, "video/quicktime", test_first_zero),
	T(4, "wide", VIDEO, "video/quicktime", test_first_zero),
	T(0, "RIFF", VIDEO, "video/x-msvideo", test_riff_avi),
	S(0, "\x1A\x45\xDF\xA3", VIDEO, "video/x-matroska"),
	S(0, "FLV\1", VIDEO, "video/x-flv"),
	S(0, "\x30\x26\xB2\x75\x8E\x66\xCF\x11", VIDEO, "video/x-ms-asf"),
	S(0, "\0\0\1\xBA", VIDEO, "video/mpeg"),
	S(0, "\0\0\1\xB3", VIDEO, "video/mpeg"),
	S(0, "\x06\x0E\x2B\x34\x02\x05\x01\x01", VIDEO, "application/mxf"),
	T(0, "\x47", VIDEO, "video/mp2t", test_ts),
	S(0, "OTTO\0", FONT, "font/otf"),
	S(0, "ttcf\0", FONT, "font/collection"),
	S(0, "wOFF", FONT, "font/woff"),
	S(0, "wOF2", FONT, "font/woff2"),
	T(0, "\0\1\0\0", FONT, "font/ttf", test_ttf),
	T(0, "true", FONT, "font/ttf", test_ttf),
	S(0, "\x80\1", FONT, "application/x-font-type1"),
	S(32769, "CD001", ISO, "application/x-iso9660-image"),
	S(34817, "CD001", ISO, "application/x-iso9660-image"),
	S(32769, "BEA01", DISK, "application/x-raw-disk-image"),
	S(512, "EFI PART", DISK, "application/x-raw-disk-image"),
	S(512, "LABELONE", DISK, "application/x-raw-disk-image"),
	S(1024, "H+\0\4", DISK, "application/x-raw-disk-image"),
	S(1024, "HX\0\5", DISK, "application/x-raw-disk-image"),
	T(1080, "\x53\xEF", DISK, "application/x-raw-disk-image", disk_is_ext),
	T(510, "\x55\xAA", DISK, "application/x-raw-disk-image", disk_is_boot),
	T(510, "\x55\xAA", DISK, "application/x-raw-disk-image", disk_is_mbr),
	T(0, "", TAR, "application/x-tar", test_tar),
};

#undef S
#undef T

const struct signature *
signature_find(struct span head)
{
	for (size_t i = 0; i < sizeof signatures / sizeof *signatures; i++) {
		const struct signature *s = &signatures[i];

		if (s->off >= head.n || (s->n && head.p[s->off] != (uint8_t)s->magic[0]))
			continue;
		if (span_has(head, s->off, s->magic, s->n) && (!s->test || s->test(head)))
			return s;
	}
	return NULL;
}
