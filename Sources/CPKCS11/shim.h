// PKCS #11's declarations. Nothing is linked: a token's module is loaded when a key is in one.
#ifndef CPKCS11_SHIM_H
#define CPKCS11_SHIM_H
#include <p11-kit-1/p11-kit/pkcs11.h>
#endif
