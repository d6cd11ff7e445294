package io.pgplane.controlplane.admin;

import io.pgplane.config.Admin.Rights;
import io.pgplane.controlplane.revision.Control;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import io.vertx.ext.web.openapi.router.OpenAPIRoute;
import io.vertx.ext.web.openapi.router.RouterBuilder;
import io.vertx.openapi.contract.OpenAPIContract;
import io.vertx.openapi.contract.RequestBody;
import io.vertx.openapi.validation.RequestUtils;
import io.vertx.openapi.validation.ValidatableRequest;
import io.vertx.openapi.validation.ValidatedRequest;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The operations of the contract. Each needs the right that stands there as {@code x-right}, which
 * is checked before anything else of the request, and before its body is read.
 */
final class Api {
  private static final Logger LOG = LoggerFactory.getLogger(Api.class);

  private static final int FORBIDDEN = 403;
  private static final int UNSUPPORTED_MEDIA_TYPE = 415;

  private static final int MOST_BODY = 1 << 20;
  private static final int MOST_CHANGE_SET = 16 << 20;

  private final Vertx vertx;
  private final Control control;
  private final Answers answers;

  /** Of changes; those of others cannot keep them out. */
  private final Bodies changes;

  private final Bodies others;

  Api(Vertx vertx, AdminServices services, Answers answers) {
    this.vertx = vertx;
    this.control = services.control();
    this.answers = answers;
    this.changes = new Bodies(MOST_CHANGE_SET + 8 * MOST_BODY, services.patience());
    this.others = new Bodies(8 * MOST_BODY, services.patience());
  }

  Router router(OpenAPIContract contract) {
    RouterBuilder builder = RouterBuilder.create(vertx, contract, this::permitted);
    for (OpenAPIRoute route : builder.getRoutes()) {
      String id = route.getOperation().getOperationId();
      Operation operation = Operation.of(id);
      route.setDoSecurity(false).addHandler(request -> serve(request, id, operation));
    }
    return builder.createRouter();
  }

  /** What is to be validated, once it is known to be allowed. */
  private Future<ValidatableRequest> permitted(
      RoutingContext request, io.vertx.openapi.contract.Operation operation) {
    Rights needed =
        Rights.valueOf(operation.getOpenAPIModel().getString("x-right").toUpperCase(Locale.ROOT));
    if (!Guard.token(request).rights().include(needed)) {
      return Future.failedFuture(new HttpException(FORBIDDEN));
    } else if (!isOfItsType(request, operation.getRequestBody())) {
      return Future.failedFuture(new HttpException(UNSUPPORTED_MEDIA_TYPE));
    }
    Bodies bodies = needed == Rights.ADMINISTER ? changes : others;
    int most = operation.getOperationId().equals("apply") ? MOST_CHANGE_SET : MOST_BODY;
    return RequestUtils.extract(request.request(), operation, () -> bodies.read(request, most));
  }

  private static boolean isOfItsType(RoutingContext request, @Nullable RequestBody body) {
    String type = request.request().getHeader(HttpHeaders.CONTENT_TYPE);
    return body == null || (type != null && body.determineContentType(type) != null);
  }

  private void serve(RoutingContext request, String id, Operation operation) {
    ValidatedRequest validated =
        Objects.requireNonNull(
            request.<ValidatedRequest>get(RouterBuilder.KEY_META_DATA_VALIDATED_REQUEST));
    String author = Guard.token(request).name();
    Call call = new Call(validated, request.request().getHeader(HttpHeaders.IF_MATCH), author);
    if (operation.changes()) {
      LOG.info("{} by {} from {}", id, author, request.request().remoteAddress().hostAddress());
    }
    control
        .request(operation.action(), operation.request().apply(call))
        .map(operation.reply())
        .onSuccess(reply -> answer(request, reply))
        .onFailure(request::fail);
  }

  private void answer(RoutingContext request, JsonObject reply) {
    Long revision = reply.getLong("revision");
    if (revision != null) {
      request.response().putHeader(HttpHeaders.ETAG, "\"" + revision + "\"");
    }
    answers.send(request, AdminRouter.JSON, reply::toBuffer);
  }
}
