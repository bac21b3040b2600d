type
  TServer = class
    FUser: string;
    FPassword: UTF8String;
    procedure Login(user: PChar; password: PChar; host: PChar);
    property Password : UTF8String read FPassword write FPassword;
  end;
begin
  Server.Password := EditPassword.Text;
  Server.UserName := ParamStr(1); Server.Password := ParamStr(2);
end.
