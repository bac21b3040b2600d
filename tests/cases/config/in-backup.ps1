$p = ConvertTo-SecureString "Lux3n-Burg" -AsPlainText -Force
net use z: \\nas1\backup /user:CORP\backup Gr4nit77
