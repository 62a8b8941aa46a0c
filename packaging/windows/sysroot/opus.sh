source=opus
needs=
make_it() {
  autotools --disable-shared --enable-static --disable-doc --disable-extra-programs --disable-stack-protector \
    CFLAGS='-O2 -D_FORTIFY_SOURCE=0'
}
