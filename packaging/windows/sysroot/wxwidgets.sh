# The window's own modules, core and base; shared, as its licence likes it.
source=wxwidgets3.2
needs="zlib libpng libjpeg expat"
make_it() {
  autotools --with-msw --enable-shared --disable-monolithic --enable-unicode --disable-debug_info --enable-pch \
    --disable-tests --with-libjpeg=sys --with-libpng=sys --with-expat=sys --with-zlib=sys --with-regex=builtin \
    --without-libtiff --without-liblzma --without-opengl --disable-webview --disable-mediactrl --disable-stc --disable-ribbon \
    --disable-xrc --disable-aui --disable-propgrid --disable-richtext --disable-html --disable-protocol --disable-sockets \
    CFLAGS=-O2 CXXFLAGS=-O2
}
