namespace Presence.Engine.Tests.Contracts;

/// <summary>Instants are stored in whole milliseconds.</summary>
internal static class StoredInstant
{
    public static DateTimeOffset Of(DateTimeOffset instant) => DateTimeOffset.FromUnixTimeMilliseconds(instant.ToUnixTimeMilliseconds());
}
