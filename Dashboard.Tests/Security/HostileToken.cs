namespace Presence.Dashboard.Tests.Security;

/// <summary>One token of the corpus.</summary>
/// <param name="Name">What is special about it.</param>
/// <param name="Server">Which server it is sent to; see <see cref="CorpusServers"/>.</param>
/// <param name="Refusal">What the 401 says; null when the token is taken.</param>
/// <param name="Make">Makes it.</param>
public sealed record HostileToken(string Name, string Server, string? Refusal, Func<CorpusKeys, string> Make);
