namespace Presence.Dashboard.Hosting;

/// <summary>Storage, restore, sweep and the background writers.</summary>
internal static class PresenceStorageHosting
{
    public static void AddPresenceStorage(this WebApplicationBuilder builder) => _ = builder;
}
