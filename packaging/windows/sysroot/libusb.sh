source=libusb-1.0
needs=
# LGPL: a DLL of its own, which users may replace. It loads WinUSB at run time.
make_it() { autotools --enable-shared --disable-static; }
