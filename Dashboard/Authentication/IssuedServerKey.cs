using Presence.Engine.Storage;

namespace Presence.Dashboard.Authentication;

/// <summary>A server key just made.</summary>
/// <param name="Key">What is known of it from now on.</param>
/// <param name="Secret">The key itself, which is shown once and kept nowhere.</param>
internal sealed record IssuedServerKey(ServerKey Key, string Secret);
