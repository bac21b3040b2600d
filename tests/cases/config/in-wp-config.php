<?php
define( 'DB_NAME', 'blog' );
define( 'DB_USER', 'blog' );
define( 'DB_PASSWORD', 'Kieselstein8!' );
define( 'DB_HOST', 'localhost' );
