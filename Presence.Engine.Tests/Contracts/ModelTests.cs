namespace Presence.Engine.Tests.Contracts;

/// <summary>The engine and <see cref="NaivePresence"/> take the same seeded random steps; every answer and every change must agree.</summary>
public sealed class ModelTests
{
    /// <summary>More on demand: PRESENCE_MODEL_SEQUENCES; one that failed again: PRESENCE_MODEL_SEED.</summary>
    private static readonly int Sequences = Number("PRESENCE_MODEL_SEQUENCES") ?? 5_000;

    [Fact]
    public void Engine_UnderRandomSteps_AgreesWithTheNaiveModel()
    {
        if (Number("PRESENCE_MODEL_SEED") is { } seed)
        {
            Run(seed);
            return;
        }
        Parallel.For(0, Sequences, Run);
    }

    private static void Run(int seed)
    {
        using var run = new ModelRun(seed);
        run.Run();
    }

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), System.Globalization.CultureInfo.InvariantCulture, out var number) ? number : null;
}
