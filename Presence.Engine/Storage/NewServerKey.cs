namespace Presence.Engine.Storage;

/// <summary>A server key about to be made; already validated.</summary>
/// <param name="Name">1 to 100 characters.</param>
/// <param name="Hash">SHA-256 of the secret, 32 bytes.</param>
/// <param name="Prefix">How the secret begins.</param>
/// <param name="Scopes">Words without spaces.</param>
/// <param name="By">Who makes it.</param>
/// <param name="ExpiresAt">When it ends by itself; null for never.</param>
public sealed record NewServerKey(string Name, byte[] Hash, string Prefix, IReadOnlyList<string> Scopes, string By, DateTimeOffset? ExpiresAt);
