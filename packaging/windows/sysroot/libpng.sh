source=libpng1.6
needs=zlib
make_it() { autotools --disable-shared --enable-static --disable-tools; }
