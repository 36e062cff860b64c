/*
 * redis_tls.c - TLS to Redis by hiredis_ssl, which Debian 12 does not have. The only file that sees it or libssl.
 *
 * hiredis's own contexts check a certificate's chain but not whose it is, so the connection is made here.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "queue/redis_tls.h"

#ifdef HAVE_HIREDIS_SSL

#include "base/mem.h"

#include <arpa/inet.h>
#include <hiredis/hiredis_ssl.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

struct tls {
    SSL_CTX *context;
    char *host;          /* whose certificate is expected */
    const char *trouble; /* OpenSSL's words for a certificate it refused; NULL for none */
};

/* hiredis tells no more of a failed handshake than that it failed. */
static int on_verify(int is_right, X509_STORE_CTX *store)
{
    SSL *ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());
    struct tls *tls = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));

    if (!is_right)
        tls->trouble = X509_verify_cert_error_string(X509_STORE_CTX_get_error(store));
    return is_right;
}

void *redis_tls_new(const char *host, struct error *err)
{
    struct tls *tls = mem_new(sizeof(*tls));

    tls->host = mem_string(host);
    tls->context = SSL_CTX_new(TLS_client_method());
    if (tls->context && SSL_CTX_set_default_verify_paths(tls->context) == 1) {
        SSL_CTX_set_verify(tls->context, SSL_VERIFY_PEER, on_verify);
        SSL_CTX_set_app_data(tls->context, tls);
        SSL_CTX_set_min_proto_version(tls->context, TLS1_2_VERSION);
        return tls;
    }
    error_set(err, ERROR_SYSTEM, "TLS to redis: cannot read the system's certificates");
    redis_tls_free(tls);
    return NULL;
}

void redis_tls_free(void *arg)
{
    struct tls *tls = arg;

    if (!tls)
        return;
    SSL_CTX_free(tls->context);
    mem_free(tls->host);
    mem_free(tls);
}

/* The certificate must be for the host that the url names. */
static bool expect_host(SSL *ssl, const char *host)
{
    unsigned char address[sizeof(struct in6_addr)];

    if (inet_pton(AF_INET, host, address) == 1 || inet_pton(AF_INET6, host, address) == 1)
        return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host) == 1;
    return SSL_set1_host(ssl, host) == 1 && SSL_set_tlsext_host_name(ssl, host) == 1;
}

const char *redis_tls_trouble(const void *arg)
{
    const struct tls *tls = arg;

    return tls->trouble;
}

bool redis_tls_start(void *arg, redisAsyncContext *context, struct error *err)
{
    struct tls *tls = arg;
    SSL *ssl = SSL_new(tls->context);

    tls->trouble = NULL;
    if (!ssl || !expect_host(ssl, tls->host)) {
        SSL_free(ssl);
        return error_set(err, ERROR_SYSTEM, "TLS to redis: cannot prepare a connection");
    }
    if (redisInitiateSSL(&context->c, ssl) != REDIS_OK) /* ssl is hiredis's from here on, also when this fails */
        return error_set(err, ERROR_UNAVAILABLE, "TLS to redis: %s", context->c.errstr);
    return true;
}

#else

void *redis_tls_new(const char *host, struct error *err)
{
    error_set(err, ERROR_INVALID, "no TLS in this build, so not to %s", host);
    return NULL;
}

void redis_tls_free(void *tls)
{
    (void)tls;
}

const char *redis_tls_trouble(const void *tls)
{
    (void)tls;
    return NULL;
}

bool redis_tls_start(void *tls, redisAsyncContext *context, struct error *err)
{
    (void)tls;
    (void)context;
    return error_set(err, ERROR_INVALID, "no TLS in this build");
}

#endif
