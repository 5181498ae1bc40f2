using Presence.Engine.Tests.Support;

namespace Presence.Engine.Tests.Contracts;

/// <summary>The engine and <see cref="NaivePresence"/> take the same seeded random steps; every answer and every change must agree.</summary>
/// <remarks>More on demand: PRESENCE_MODEL_SEQUENCES. One that failed again: PRESENCE_MODEL_SEED.</remarks>
public sealed class ModelTests
{
    private static readonly int Sequences = ProofLength.Of("PRESENCE_MODEL_SEQUENCES", usually: 500, full: 200_000);

    /// <summary>So many of the sequences restart through a SQLite file, the others through the checkpoint's own forms in memory.</summary>
    private static readonly int ThroughSqlite = Math.Min(300, Sequences * 60 / 1_000);

    [Fact]
    public void Engine_UnderRandomSteps_AgreesWithTheNaiveModel()
    {
        if (ProofLength.Number("PRESENCE_MODEL_SEED") is { } seed)
            RunInMemory(seed);
        else
            Parallel.For(ThroughSqlite, Sequences, RunInMemory);
        Figure.Tell($"{(Sequences - ThroughSqlite) * ModelRun.Steps:N0} random steps in {Sequences - ThroughSqlite:N0} sequences: every answer as the naive model's");
    }

    [Fact]
    public void Engine_RestartedThroughSqlite_AgreesWithTheNaiveModel()
    {
        using var store = new SqliteStore();
        if (ProofLength.Number("PRESENCE_MODEL_SEED") is { } only)
        {
            Run(only, store);
            return;
        }
        for (var seed = 0; seed < ThroughSqlite; seed++)
        {
            Run(seed, store);
            store.Clear();
        }
        Figure.Tell($"{ThroughSqlite:N0} sequences restarted through a SQLite file: every answer as the naive model's");
    }

    private static void RunInMemory(int seed)
    {
        using IModelStore store = seed % 2 == 0 ? new SnapshotStore() : new JournalStore();
        Run(seed, store);
    }

    private static void Run(int seed, IModelStore store)
    {
        using var run = new ModelRun(seed, store);
        run.Run();
    }
}
