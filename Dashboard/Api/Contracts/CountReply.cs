namespace Presence.Dashboard.Api.Contracts;

internal sealed record CountReply(int Count, DateTimeOffset ReferenceTimestamp, int Sessions, int Guests, int Hidden, int Fading, bool? Warming);
