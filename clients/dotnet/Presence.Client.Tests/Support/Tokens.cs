namespace Presence.Client.Tests.Support;

/// <summary>A backend that gives anna tokens, each another one.</summary>
internal sealed class Tokens(World world, double lifeSeconds)
{
    private readonly Queue<Func<Task<string>>> _scripts = new();

    public int Asked { get; private set; }

    /// <summary>The next one asked for is this.</summary>
    public void Next(Func<Task<string>> token) => _scripts.Enqueue(token);

    public Task<string> GetAsync(CancellationToken cancellationToken)
    {
        Asked++;
        return _scripts.TryDequeue(out var script)
            ? script()
            : Task.FromResult(World.TokenOf("anna", $"{Asked}", world.Now.ToUnixTimeSeconds() + lifeSeconds));
    }
}
