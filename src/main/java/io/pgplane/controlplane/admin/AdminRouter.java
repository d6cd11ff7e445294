package io.pgplane.controlplane.admin;

import io.pgplane.config.Admin;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.function.Supplier;

/**
 * The way of a request: probes and metrics; or, for the API, token, operation, right, body,
 * contract, and then what it is about. A body is read only if its request is allowed.
 */
final class AdminRouter {
  private static final int OK = 200;
  private static final int METHOD_NOT_ALLOWED = 405;
  private static final int UNAVAILABLE = 503;

  private static final String API = "/v1/*";
  static final String JSON = "application/json";
  private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";

  private final Vertx vertx;
  private final AdminServices services;
  private final Guard guard;
  private final Connections connections;
  private final Supplier<Admin> admin;
  private final Answers answers = new Answers();

  AdminRouter(
      Vertx vertx,
      AdminServices services,
      Tokens tokens,
      Connections connections,
      Supplier<Admin> admin) {
    this.vertx = vertx;
    this.services = services;
    this.guard = new Guard(tokens);
    this.connections = connections;
    this.admin = admin;
  }

  Router of(Contract contract) {
    Router router = Router.router(vertx);
    router.route().handler(connections::begin);
    router.route().handler(AdminRouter::headers);
    probe(router, "/livez")
        .handler(request -> json(request, OK, new JsonObject().put("alive", true)));
    probe(router, "/readyz").handler(this::ready);
    router.get("/metrics").handler(this::admitToMetrics).handler(connections::trust);
    router.get("/metrics").handler(request -> answers.send(request, PROMETHEUS, this::metrics));
    router
        .get("/openapi.yaml")
        .handler(
            request ->
                answers.send(request, "application/yaml", () -> Buffer.buffer(contract.text())));
    for (String path : List.of("/livez", "/readyz", "/metrics", "/openapi.yaml")) {
      router.route(path).handler(request -> request.fail(METHOD_NOT_ALLOWED));
    }
    router.route(API).handler(guard::admit).handler(connections::trust);
    router.route("/*").subRouter(new Api(vertx, services, answers).router(contract.rules()));
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
      guard.recognize(request);
    }
  }

  private Buffer metrics() {
    return Buffer.buffer(services.meters().scrape());
  }

  private static void json(RoutingContext request, int status, JsonObject body) {
    HttpServerResponse response = request.response();
    response.setStatusCode(status).putHeader(HttpHeaders.CONTENT_TYPE, JSON).end(body.toBuffer());
  }
}
