package io.pgplane.controlplane.admin;

import io.pgplane.config.Admin;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.util.List;
import java.util.function.Supplier;

/**
 * The way of a request: probes and metrics; or, for the API, token, body, operation, right,
 * contract, and then what it is about. Nothing of a body is read for who has no token.
 */
final class AdminRouter {
  private static final int OK = 200;
  private static final int METHOD_NOT_ALLOWED = 405;
  private static final int UNAVAILABLE = 503;
  private static final long MOST_BODY = 16L << 20;

  private static final String API = "/v1/*";
  private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";

  private final Vertx vertx;
  private final AdminServices services;
  private final Guard guard;
  private final Supplier<Admin> admin;

  AdminRouter(Vertx vertx, AdminServices services, Tokens tokens, Supplier<Admin> admin) {
    this.vertx = vertx;
    this.services = services;
    this.guard = new Guard(tokens);
    this.admin = admin;
  }

  Router of(Contract contract) {
    Router router = Router.router(vertx);
    router.route().handler(AdminRouter::headers);
    probe(router, "/livez")
        .handler(request -> json(request, OK, new JsonObject().put("alive", true)));
    probe(router, "/readyz").handler(this::ready);
    router.get("/metrics").handler(this::admitToMetrics);
    router.get("/metrics").handler(this::metrics);
    router
        .get("/openapi.yaml")
        .handler(
            request ->
                request
                    .response()
                    .putHeader(HttpHeaders.CONTENT_TYPE, "application/yaml")
                    .end(contract.text()));
    for (String path : List.of("/livez", "/readyz", "/metrics", "/openapi.yaml")) {
      router.route(path).handler(request -> request.fail(METHOD_NOT_ALLOWED));
    }
    router.route(API).handler(guard::admit);
    router.route(API).handler(new BodyDeadline(services.patience())::begin);
    router.route(API).handler(BodyHandler.create(false).setBodyLimit(MOST_BODY));
    router.route(API).handler(BodyDeadline::end);
    router.route("/*").subRouter(new Api(vertx, services.control()).router(contract.rules()));
    Refusal.STATUSES.forEach(status -> router.errorHandler(status, Refusal::answer));
    return router;
  }

  /** HAProxy's checks are OPTIONS, those of others HEAD or GET: the status is the same for all. */
  private static Route probe(Router router, String path) {
    return router
        .route(path)
        .method(HttpMethod.GET)
        .method(HttpMethod.HEAD)
        .method(HttpMethod.OPTIONS)
        .handler(
            request -> {
              if (request.request().method().equals(HttpMethod.OPTIONS)) {
                request.response().putHeader(HttpHeaders.ALLOW, "GET, HEAD, OPTIONS");
              }
              request.next();
            });
  }

  /** What is told here is for who asks, now. */
  private static void headers(RoutingContext request) {
    request
        .response()
        .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
        .putHeader("X-Content-Type-Options", "nosniff");
    request.next();
  }

  private void ready(RoutingContext request) {
    List<String> reasons = services.notReady().get();
    json(
        request,
        reasons.isEmpty() ? OK : UNAVAILABLE,
        new JsonObject().put("ready", reasons.isEmpty()).put("reasons", new JsonArray(reasons)));
  }

  /** Any token will do: each has the right to read. */
  private void admitToMetrics(RoutingContext request) {
    if (admin.get().metricsToken()) {
      guard.admit(request);
    } else {
      request.next();
    }
  }

  private void metrics(RoutingContext request) {
    request
        .response()
        .putHeader(HttpHeaders.CONTENT_TYPE, PROMETHEUS)
        .end(services.meters().scrape());
  }

  static void json(RoutingContext request, int status, JsonObject body) {
    HttpServerResponse response = request.response();
    response
        .setStatusCode(status)
        .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
        .end(body.toBuffer());
  }
}
