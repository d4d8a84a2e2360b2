/* raw.c: frames by hand (RFC 9113, RFC 7541). */
#include "tests/unit/rpc/raw.h"

#include <arpa/inet.h>
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { DATA = 0, HEADERS = 1, RST_STREAM = 3, SETTINGS = 4, GOAWAY = 7, WINDOW_UPDATE = 8 };
enum { END_STREAM = 1, ACK = 1, END_HEADERS = 4 };

int raw_connect_or_not(const char *address)
{
	long port = strtol(strchr(address, ':') + 1, NULL, 10);
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
	inet_pton(AF_INET, "127.0.0.1", &to.sin_addr);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ck_assert_int_ge(fd, 0);
	if (connect(fd, (struct sockaddr *)&to, sizeof(to)) == 0)
		return fd;
	close(fd);
	return -1;
}

int raw_connect(const char *address)
{
	int fd = raw_connect_or_not(address);
	ck_assert_int_ge(fd, 0);
	return fd;
}

int raw_listener(char address[64])
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t n = sizeof(at);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&at, n), 0);
	ck_assert_int_eq(listen(fd, 16), 0);
	ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&at, &n), 0);
	snprintf(address, 64, "127.0.0.1:%d", ntohs(at.sin_port));
	return fd;
}

void raw_use(SSL_CTX *context, const struct rpc_credentials *credentials)
{
	BIO *bio = BIO_new_mem_buf(credentials->certificate, -1);
	X509 *certificate = PEM_read_bio_X509(bio, NULL, NULL, NULL);
	BIO_free(bio);
	bio = BIO_new_mem_buf(credentials->key, -1);
	EVP_PKEY *key = PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL);
	BIO_free(bio);
	ck_assert_int_eq(SSL_CTX_use_certificate(context, certificate), 1);
	ck_assert_int_eq(SSL_CTX_use_PrivateKey(context, key), 1);
	X509_free(certificate);
	EVP_PKEY_free(key);
}

bool raw_open(struct raw *raw, const char *address, const struct rpc_credentials *credentials, int version)
{
	*raw = (struct raw){ .fd = raw_connect(address), .connection_window = 65535, .stream_window = 65535 };
	raw->context = SSL_CTX_new(TLS_client_method());
	SSL_CTX_set_max_proto_version(raw->context, version);
	if (credentials->certificate)
		raw_use(raw->context, credentials);
	raw->ssl = SSL_new(raw->context);
	SSL_set_alpn_protos(raw->ssl, (const unsigned char *)"\2h2", 3);
	SSL_set_fd(raw->ssl, raw->fd);
	return SSL_connect(raw->ssl) == 1;
}

void raw_close(struct raw *raw)
{
	SSL_free(raw->ssl);
	SSL_CTX_free(raw->context);
	close(raw->fd);
}

static void put(struct raw *raw, const void *bytes, size_t n)
{
	if (!raw->closed && SSL_write(raw->ssl, bytes, (int)n) != (int)n)
		raw->closed = true;
}

static void put_frame(struct raw *raw, int type, int flags, const void *bytes, size_t n)
{
	static uint8_t frame[9 + 16384];
	ck_assert_uint_le(n, 16384);
	int stream = type == SETTINGS ? 0 : 1;
	memcpy(frame,
	       (uint8_t[]){ (uint8_t)(n >> 16), (uint8_t)(n >> 8), (uint8_t)n, (uint8_t)type, (uint8_t)flags,
			    0, 0, 0, (uint8_t)stream },
	       9);
	if (n > 0)
		memcpy(frame + 9, bytes, n);
	put(raw, frame, n + 9);
}

void raw_hello(struct raw *raw)
{
	put(raw, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 24);
	put_frame(raw, SETTINGS, 0, NULL, 0);
}

static size_t put_field(uint8_t *out, const char *name, const char *value)
{
	size_t a = strlen(name), b = strlen(value), n = 0;
	out[n++] = 0; /* literal, not indexed, new name */
	out[n++] = (uint8_t)a;
	memcpy(out + n, name, a);
	n += a;
	out[n++] = (uint8_t)b;
	memcpy(out + n, value, b);
	return n + b;
}

void raw_call(struct raw *raw, const char *path, const char *encoding)
{
	uint8_t fields[1024];
	size_t n = put_field(fields, ":method", "POST");
	n += put_field(fields + n, ":scheme", "https");
	n += put_field(fields + n, ":path", path);
	n += put_field(fields + n, ":authority", "localhost");
	n += put_field(fields + n, "te", "trailers");
	n += put_field(fields + n, "content-type", "application/grpc");
	if (encoding)
		n += put_field(fields + n, "grpc-encoding", encoding);
	put_frame(raw, HEADERS, END_HEADERS, fields, n);
}

void raw_data(struct raw *raw, const void *bytes, size_t n, bool last)
{
	put_frame(raw, DATA, last ? END_STREAM : 0, bytes, n);
	raw->connection_window -= (int64_t)n;
	raw->stream_window -= (int64_t)n;
}

static bool get(struct raw *raw, uint8_t *bytes, size_t n)
{
	for (size_t done = 0; done < n;) {
		int some = SSL_read(raw->ssl, bytes + done, (int)(n - done));
		if (some <= 0)
			return false;
		done += (size_t)some;
	}
	return true;
}

static uint32_t number(const uint8_t *bytes)
{
	return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

/* SETTINGS_INITIAL_WINDOW_SIZE changes the stream's window by the difference to what it was. */
static void obey(struct raw *raw, const uint8_t *settings, size_t n)
{
	static uint32_t window = 65535;
	for (size_t i = 0; i + 6 <= n; i += 6) {
		if (settings[i] != 0 || settings[i + 1] != 4)
			continue;
		raw->stream_window += (int64_t)number(settings + i + 2) - window;
		window = number(settings + i + 2);
	}
	put_frame(raw, SETTINGS, ACK, NULL, 0);
}

static void take_frame(struct raw *raw)
{
	static uint8_t body[1 << 20];
	uint8_t head[9];
	size_t n;
	raw->closed = !get(raw, head, 9);
	n = raw->closed ? 0 : number(head) >> 8;
	ck_assert_uint_le(n, sizeof(body));
	raw->closed = raw->closed || !get(raw, body, n);
	if (raw->closed)
		return;
	if (head[3] == SETTINGS && !(head[4] & ACK))
		obey(raw, body, n);
	if (head[3] == WINDOW_UPDATE && head[8] == 0)
		raw->connection_window += number(body);
	if (head[3] == WINDOW_UPDATE && head[8] == 1)
		raw->stream_window += number(body);
	if (head[3] == RST_STREAM || head[3] == GOAWAY || (head[3] == HEADERS && (head[4] & END_STREAM)))
		raw->closed = true;
}

void raw_listen(struct raw *raw, int64_t window)
{
	while (!raw->closed && (raw->stream_window < window || raw->connection_window < window))
		take_frame(raw);
}
