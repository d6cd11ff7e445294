# make build && docker build -t pgplane:0.1.0 .
FROM eclipse-temurin:21-jre
COPY --chmod=0444 target/pgplane.jar /opt/pgplane/pgplane.jar
# Half of the memory is the heap; the buffers of the sessions are outside of it.
ENV JAVA_TOOL_OPTIONS="-XX:MaxRAMPercentage=50 -XX:+ExitOnOutOfMemoryError"
RUN install -d -m 0700 -o 10001 -g 10001 /var/lib/pgplane
USER 10001:10001
WORKDIR /var/lib/pgplane
EXPOSE 6432 6480 5701
ENTRYPOINT ["java", "-jar", "/opt/pgplane/pgplane.jar"]
CMD ["run", "--cluster", "--conf", "/etc/pgplane/pgplane.yaml"]
