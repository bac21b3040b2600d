# bash completion for leakaudit(1)

_leakaudit_ids() {
	"${COMP_WORDS[0]}" rules 2>/dev/null | awk '{ print $1; print $2 }' | sort -u
}

# completes the last of several words with commas between
_leakaudit_list() {
	local head= last=$cur
	case $cur in *,*) head=${cur%,*}, last=${cur##*,} ;; esac
	COMPREPLY=($(compgen -P "$head" -W "$(_leakaudit_ids)" -- "$last"))
	compopt -o nospace 2>/dev/null
}

# a name may hold blanks
_leakaudit_files() {
	compopt -o filenames 2>/dev/null
	mapfile -t COMPREPLY < <(compgen -f -- "$cur")
}

_leakaudit_scan() {
	case $prev in
	-f | --format) COMPREPLY=($(compgen -W 'text jsonl json csv' -- "$cur")) ;;
	--min-severity | --fail-on) COMPREPLY=($(compgen -W 'low medium high critical' -- "$cur")) ;;
	--min-confidence) COMPREPLY=($(compgen -W 'low medium high' -- "$cur")) ;;
	--show) COMPREPLY=($(compgen -W 'none masked' -- "$cur")) ;;
	--ocr) COMPREPLY=($(compgen -W 'off auto' -- "$cur")) ;;
	--progress | --color) COMPREPLY=($(compgen -W 'auto always never' -- "$cur")) ;;
	--only | --without) _leakaudit_list ;;
	--state) compopt -o filenames 2>/dev/null && COMPREPLY=($(compgen -d -- "$cur")) ;;
	-j | --jobs | --max-depth | --max-file | --exclude | --include) ;;
	*)
		case $cur in
		-*) COMPREPLY=($(compgen -W '--format --output --jobs --min-severity --min-confidence
			--fail-on --only --without --rules --exclude --include --exclude-from
			--no-default-excludes --one-file-system --max-depth --max-file --files-from
			--null --state --baseline --ocr --show --mask-names --syslog --progress --quiet
			--verbose --color --config --help' -- "$cur")) ;;
		*) _leakaudit_files ;;
		esac
		;;
	esac
}

_leakaudit_rules() {
	case $prev in
	rules) COMPREPLY=($(compgen -W 'list show check --rules --config --help' -- "$cur")) ;;
	show) COMPREPLY=($(compgen -W "$("${COMP_WORDS[0]}" rules 2>/dev/null | awk '{ print $1 }')" -- "$cur")) ;;
	*) _leakaudit_files ;;
	esac
}

_leakaudit_review() {
	case $prev in
	-f | --format) COMPREPLY=($(compgen -W 'table jsonl csv' -- "$cur")) ;;
	--severity | --min-severity) COMPREPLY=($(compgen -W 'low medium high critical' -- "$cur")) ;;
	--min-confidence) COMPREPLY=($(compgen -W 'low medium high' -- "$cur")) ;;
	--sort) COMPREPLY=($(compgen -W 'score path first last count' -- "$cur")) ;;
	--rule | --category) COMPREPLY=($(compgen -W "$(_leakaudit_ids)" -- "$cur")) ;;
	--state)
		compopt -o filenames 2>/dev/null
		COMPREPLY=($(compgen -W 'new known changed resolved open all' -- "$cur") $(compgen -d -- "$cur"))
		;;
	--since | --share | --path | -n | --limit) ;;
	--reason) COMPREPLY=($(compgen -W 'encrypted corrupt unsupported missing-volume too-deep too-big too-many
		bomb timeout memory crashed sandbox denied busy offline changed io-error excluded' -- "$cur")) ;;
	--socket) _leakaudit_files ;;
	*) COMPREPLY=($(compgen -W "$(_leakaudit_review_options)" -- "$cur")) ;;
	esac
}

_leakaudit_review_options() {
	case ${COMP_WORDS[1]} in
	findings) echo '--severity --min-severity --min-confidence --rule --category --share --path --since --sort
		--reverse --limit --format --socket --state --help' ;;
	gaps) echo '--reason --share --path --since --sort --reverse --limit --format --socket --state --help' ;;
	show) echo '--format --socket --state --help' ;;
	esac
}

_leakaudit_status() {
	case $prev in
	--socket) _leakaudit_files ;;
	*) COMPREPLY=($(compgen -W '--json --watch --socket --help' -- "$cur")) ;;
	esac
}

# the daemon's shares, where it tells them
_leakaudit_shares() {
	"${COMP_WORDS[0]}" status --json 2>/dev/null | grep -oE '"name":"[^"]*"' | cut -d'"' -f4
}

_leakaudit_control() {
	case $prev:$cur in
	--socket:*) _leakaudit_files ;;
	*:-*) COMPREPLY=($(compgen -W '--confirm --socket --help' -- "$cur")) ;;
	control:*) COMPREPLY=($(compgen -W 'pause resume reload rescan' -- "$cur")) ;;
	*) [ "${COMP_WORDS[2]}" != rescan ] || COMPREPLY=($(compgen -W "$(_leakaudit_shares)" -- "$cur")) ;;
	esac
}

_leakaudit_config() {
	case $prev:$cur in
	*:-*) COMPREPLY=($(compgen -W '--config --samba --quiet --help' -- "$cur")) ;;
	config:*) COMPREPLY=($(compgen -W 'check show suggest' -- "$cur")) ;;
	*) _leakaudit_files ;;
	esac
}

_leakaudit_resend() {
	case $prev in
	--socket | --config) _leakaudit_files ;;
	--state) COMPREPLY=($(compgen -d -- "$cur")) ;;
	--from | --to) ;;
	*) COMPREPLY=($(compgen -W '--from --to --socket --state --config --help' -- "$cur")) ;;
	esac
}

_leakaudit() {
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
	COMPREPLY=()
	# --option=value comes as three words
	if [ "$cur" = = ]; then
		cur=
	elif [ "$prev" = = ]; then
		prev=${COMP_WORDS[COMP_CWORD - 2]}
	fi
	if [ "$COMP_CWORD" -eq 1 ]; then
		COMPREPLY=($(compgen -W 'scan findings gaps show status control config resend rules version help' -- "$cur"))
		return
	fi
	case ${COMP_WORDS[1]} in
	scan) _leakaudit_scan ;;
	findings | gaps | show) _leakaudit_review ;;
	status) _leakaudit_status ;;
	control) _leakaudit_control ;;
	config) _leakaudit_config ;;
	rules) _leakaudit_rules ;;
	resend) _leakaudit_resend ;;
	help) COMPREPLY=($(compgen -W 'scan findings gaps show status control config resend rules version' -- "$cur")) ;;
	esac
}

complete -F _leakaudit leakaudit
