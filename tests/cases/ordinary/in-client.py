def login(user, password=None, *, host="localhost"):
    password = password or getpass.getpass("Password: ")
    self.username, self.password = user, password
    conn = connect(user=user, password=self.config["password"], host=host)
    if not password: raise ValueError("password: must not be empty")
    log.debug("user=%s password=%s", user, "***")
    passwd = read_passwd(user); pwd = os.getcwd()
