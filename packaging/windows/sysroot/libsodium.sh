source=libsodium
needs=
make_it() { autotools --disable-shared --enable-static; }
