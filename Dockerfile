# One image for every role: compose.yaml says by environment what a container does.
# Run alone it is the embedded default: all roles, broker in memory, SQLite below /var/lib/resonance.

FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /src

# The projects and their lock files first: as long as no package changes, the restored layer is taken from the cache.
COPY global.json Directory.Build.props Directory.Packages.props ./
COPY contracts/Resonance.Contracts/Resonance.Contracts.csproj contracts/Resonance.Contracts/packages.lock.json \
    contracts/Resonance.Contracts/
COPY services/Resonance.Engine/Resonance.Engine.csproj services/Resonance.Engine/packages.lock.json services/Resonance.Engine/
COPY services/Resonance.Workflows/Resonance.Workflows.csproj services/Resonance.Workflows/packages.lock.json services/Resonance.Workflows/
COPY services/Resonance.Audit/Resonance.Audit.csproj services/Resonance.Audit/packages.lock.json services/Resonance.Audit/
COPY services/Resonance.Gateway/Resonance.Gateway.csproj services/Resonance.Gateway/packages.lock.json services/Resonance.Gateway/
COPY services/Resonance.Host/Resonance.Host.csproj services/Resonance.Host/packages.lock.json services/Resonance.Host/
RUN dotnet restore services/Resonance.Host --locked-mode

COPY .editorconfig BannedSymbols.txt ./
COPY contracts/ contracts/
COPY services/ services/
RUN dotnet publish services/Resonance.Host --no-restore --configuration Release --output /app \
    -p:UseAppHost=false -p:PublishDocumentationFiles=false -p:DebugType=embedded

FROM mcr.microsoft.com/dotnet/aspnet:10.0
# The user comes with the base image, and may write nowhere but here.
RUN install --directory --owner="$APP_UID" --mode=700 /var/lib/resonance
WORKDIR /app
COPY --from=build /app ./

# The base image's own port setting is emptied: with both, each start would log a warning that one overrides the other.
ENV ASPNETCORE_HTTP_PORTS="" \
    ASPNETCORE_URLS=http://0.0.0.0:5080 \
    Resonance__DataDirectory=/var/lib/resonance
USER $APP_UID
EXPOSE 5080
VOLUME /var/lib/resonance

# The image has no curl, so the host asks itself: `health` ends with 0 when /health/ready answers 200.
HEALTHCHECK --interval=10s --timeout=10s --start-period=60s --retries=3 \
    CMD ["dotnet", "Resonance.Host.dll", "health"]
ENTRYPOINT ["dotnet", "Resonance.Host.dll"]
