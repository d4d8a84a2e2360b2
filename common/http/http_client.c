/* http_client.c: curl on a unix socket.                                                   (kind: adapter) */
#include "common/http/http_client.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

#include "common/http/socket_path.h"

enum { ANSWER_MOST = 64 << 20 };

void http_answer_deinit(struct http_answer *answer)
{
	free(answer->body);
	*answer = (struct http_answer){ 0 };
}

static void handle_cleanup(CURL **handle)
{
	curl_easy_cleanup(*handle);
}

static void headers_cleanup(struct curl_slist **headers)
{
	curl_slist_free_all(*headers);
}

static size_t take(char *bytes, size_t size, size_t n, void *context)
{
	struct http_answer *answer = context;
	size_t more = size * n;
	if (more > ANSWER_MOST - answer->n)
		return 0;
	char *body = realloc(answer->body, answer->n + more + 1);
	if (!body)
		return 0;
	answer->body = body;
	if (more > 0)
		memcpy(body + answer->n, bytes, more);
	answer->n += more;
	body[answer->n] = '\0';
	return more;
}

static int outcome_of(CURLcode code, long system)
{
	if (code == CURLE_COULDNT_CONNECT)
		return system == EACCES || system == EPERM ? HTTP_E_DENIED : HTTP_E_DOWN;
	if (code == CURLE_OPERATION_TIMEDOUT)
		return HTTP_E_LATE;
	return code == CURLE_OUT_OF_MEMORY ? FAIL(-ENOMEM) : HTTP_E_CUT;
}

static int ask(CURL *handle, struct http_answer *out)
{
	long system = 0;
	CURLcode code = curl_easy_perform(handle);
	if (code != CURLE_OK) {
		curl_easy_getinfo(handle, CURLINFO_OS_ERRNO, &system);
		return outcome_of(code, system);
	}
	curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &out->status);
	return out->body || take(NULL, 1, 0, out) == 0 ? 0 : FAIL(-ENOMEM);
}

int http_client_ask(const struct http_question *question, struct http_answer *out)
{
	cleanup(socket_path_close) struct socket_path socket = { 0 };
	cleanup(free_pointer) char *url = NULL;
	*out = (struct http_answer){ 0 };
	int r = socket_path_open(question->socket, &socket);
	if (r != 0)
		return r == -EACCES ? HTTP_E_DENIED : HTTP_E_DOWN;
	cleanup(handle_cleanup) CURL *handle = curl_easy_init();
	cleanup(headers_cleanup) struct curl_slist *headers =
		curl_slist_append(NULL, "Content-Type: application/json");
	TRY_ALLOC(handle && headers && asprintf(&url, "http://localhost%s", question->path) > 0);
	curl_easy_setopt(handle, CURLOPT_URL, url);
	curl_easy_setopt(handle, CURLOPT_UNIX_SOCKET_PATH, socket.text);
	curl_easy_setopt(handle, CURLOPT_PROXY, "");
	curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, question->timeout_ms);
	curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, take);
	curl_easy_setopt(handle, CURLOPT_WRITEDATA, out);
	if (question->body) {
		curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers);
		curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)question->n);
		curl_easy_setopt(handle, CURLOPT_POSTFIELDS, question->body);
	}
	r = ask(handle, out);
	if (r != 0)
		http_answer_deinit(out);
	return r;
}
