# syntax=docker/dockerfile:1

FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /src
# What decides the packages comes first: they are restored again only when one of these files changes.
COPY global.json Directory.Build.props Directory.Build.targets Directory.Packages.props BannedSymbols.txt .editorconfig ./
COPY build/ build/
COPY Presence.Engine/Presence.Engine.csproj Presence.Engine/
COPY clients/dotnet/Presence.Client/Presence.Client.csproj clients/dotnet/Presence.Client/
COPY Presence.Simulation/Presence.Simulation.csproj Presence.Simulation/
COPY Dashboard/Dashboard.csproj Dashboard/
RUN dotnet restore Dashboard/Dashboard.csproj --os linux
COPY Presence.Engine/ Presence.Engine/
COPY clients/dotnet/Presence.Client/ clients/dotnet/Presence.Client/
COPY Presence.Simulation/ Presence.Simulation/
COPY Dashboard/ Dashboard/
COPY clients/typescript/dist/ clients/typescript/dist/
# For this system alone: SQLite's native library of every other one would be two thirds of the image's own weight.
RUN dotnet publish Dashboard/Dashboard.csproj --configuration Release --no-restore --os linux --self-contained false --output /app -p:UseAppHost=false

FROM mcr.microsoft.com/dotnet/aspnet:10.0
WORKDIR /app
COPY --from=build /app ./
COPY LICENSE THIRD-PARTIES.md ./
# 1654 is the unprivileged user "app" of the base image. A named volume takes over the folder's owner and mode.
RUN install --directory --owner=1654 --group=1654 --mode=0700 /data
USER 1654:1654
# The base image names a port of its own way; it is emptied so that one setting alone decides.
ENV ASPNETCORE_HTTP_PORTS= \
    ASPNETCORE_URLS=http://+:8080 \
    Presence__Data=/data
EXPOSE 8080
VOLUME /data
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 CMD ["dotnet", "Dashboard.dll", "health"]
ENTRYPOINT ["dotnet", "Dashboard.dll"]
