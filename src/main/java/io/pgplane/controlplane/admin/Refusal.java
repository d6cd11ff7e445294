package io.pgplane.controlplane.admin;

import io.pgplane.config.Problem;
import io.pgplane.controlplane.revision.ControlException;
import io.pgplane.controlplane.revision.ControlException.Kind;
import io.pgplane.observability.LogRate;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import io.vertx.openapi.validation.SchemaValidationException;
import io.vertx.openapi.validation.ValidatorException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All answers that are not what was asked for, in one shape (RFC 9457). */
final class Refusal {
  static final String PROBLEM_JSON = "application/problem+json";

  /** Those that are answered in here, whoever finds them. */
  static final List<Integer> STATUSES =
      List.of(400, 401, 403, 404, 405, 408, 409, 412, 413, 415, 422, 429, 500, 503);

  private static final Logger LOG = LoggerFactory.getLogger(Refusal.class);

  private static final LogRate RATE = new LogRate();

  private static final long LAST_WORDS_MILLIS = 1_000;

  private static final int INTERNAL = 500;
  private static final int UNAVAILABLE = 503;

  private static final Map<Integer, String> DETAILS =
      Map.of(
          400, "the request cannot be read",
          401, "a token is missing or wrong",
          403, "the token has not the right to do this",
          404, "there is nothing here",
          405, "not with this method",
          408, "the body came too slowly",
          413, "a body has at most 1 MiB, that of /v1/apply 16 MiB",
          415, "a body is application/json here",
          429, "too many wrong tokens from this address",
          500, "a fault of pgplane's own; its log tells");

  private Refusal() {}

  static void answer(RoutingContext request) {
    HttpServerResponse response = request.response();
    if (response.ended() || response.closed()) {
      return;
    }
    Throwable failure = request.failure();
    int status = status(request, failure);
    if (status == INTERNAL && RATE.take("faults of requests", "")) {
      LOG.error("{} {}: a fault", request.request().method(), request.normalizedPath(), failure);
    }
    response.setStatusCode(status).putHeader(HttpHeaders.CONTENT_TYPE, PROBLEM_JSON);
    switch (status) {
      case 401 -> response.putHeader("WWW-Authenticate", "Bearer realm=\"pgplane\"");
      case 429, UNAVAILABLE -> response.putHeader(HttpHeaders.RETRY_AFTER, "1");
      default -> {}
    }
    JsonObject body =
        new JsonObject()
            .put("type", "about:blank")
            .put("title", response.getStatusMessage())
            .put("status", status)
            .put("detail", detail(status, failure));
    JsonArray problems = problems(failure);
    if (!problems.isEmpty()) {
      body.put("problems", problems);
    }
    if (failure instanceof ControlException refused) {
      refused.currentRevision().ifPresent(number -> body.put("currentRevision", number));
    }
    endUnread(request);
    response.end(body.toBuffer());
  }

  /** What is left of a body is waited for only as long as it takes to read the answer. */
  private static void endUnread(RoutingContext request) {
    if (!request.request().isEnded()) {
      request.response().putHeader(HttpHeaders.CONNECTION, "close");
      request.vertx().setTimer(LAST_WORDS_MILLIS, read -> request.request().connection().close());
    }
  }

  private static int status(RoutingContext request, @Nullable Throwable failure) {
    if (failure instanceof ControlException refused) {
      return status(refused.kind(), request.request().headers().contains(HttpHeaders.IF_MATCH));
    }
    return failure instanceof ValidatorException ? 400 : request.statusCode();
  }

  private static int status(Kind kind, boolean ifMatch) {
    return switch (kind) {
      case INVALID -> 422;
      case STALE -> ifMatch ? 412 : 409;
      case FORBIDDEN -> 403;
      case NOT_FOUND -> 404;
      case DIVERGED -> 409;
      case UNAVAILABLE -> UNAVAILABLE;
    };
  }

  /** No text of others, but those that were made for who asks: a body must not come back. */
  private static String detail(int status, @Nullable Throwable failure) {
    if (failure instanceof ControlException refused) {
      return refused.text();
    } else if (failure instanceof ValidatorException) {
      return "the request is not as /openapi.yaml says: " + failure.getMessage();
    }
    return DETAILS.getOrDefault(status, "");
  }

  private static JsonArray problems(@Nullable Throwable failure) {
    JsonArray list = new JsonArray();
    if (failure instanceof ControlException refused) {
      for (Problem problem : refused.problems()) {
        list.add(problem(problem.path(), problem.text()));
      }
    } else if (failure instanceof SchemaValidationException invalid
        && invalid.getOutputUnit() != null
        && invalid.getOutputUnit().getErrors() != null) {
      invalid
          .getOutputUnit()
          .getErrors()
          .forEach(error -> list.add(problem(error.getInstanceLocation(), error.getError())));
    }
    return list;
  }

  private static JsonObject problem(@Nullable String path, @Nullable String text) {
    return new JsonObject().put("path", path).put("text", text);
  }
}
