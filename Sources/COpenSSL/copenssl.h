// OpenSSL 3 for Swift: what signing and hashing need. No shim: everything used is a function.
#ifndef TASKDECK_COPENSSL_H
#define TASKDECK_COPENSSL_H

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#endif
