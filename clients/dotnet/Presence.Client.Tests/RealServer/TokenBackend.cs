namespace Presence.Client.Tests.RealServer;

/// <summary>The customer's backend: signs tokens of one user, each another one, and keeps a record of them.</summary>
internal sealed class TokenBackend(ScriptedServer server, string userId)
{
    private readonly Queue<Func<Task<string>>> _scripts = new();

    /// <summary>Of the tokens to come.</summary>
    public double LifeSeconds { get; set; } = 86_400;

    public List<string> Given { get; } = [];

    /// <summary>When each was asked for, by the server's clock.</summary>
    public List<DateTimeOffset> AskedAt { get; } = [];

    /// <summary>The next one asked for is this.</summary>
    public void Next(Func<Task<string>> token) => _scripts.Enqueue(token);

    public async Task<string> GetAsync(CancellationToken cancellationToken)
    {
        AskedAt.Add(server.Clock.GetUtcNow());
        var token = _scripts.TryDequeue(out var script) ? await script() : server.TokenOf(userId, LifeSeconds);
        Given.Add(token);
        return token;
    }
}
