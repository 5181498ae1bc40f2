namespace Presence.Dashboard.Hosting;

/// <summary>The configuration cannot be started with. Carries everything that is wrong with it at once.</summary>
public sealed class ConfigurationRefusedException(IReadOnlyList<string> problems) : Exception(Describe(problems))
{
    /// <summary>One sentence a problem; each begins with the key as an environment variable spells it.</summary>
    public IReadOnlyList<string> Problems { get; } = problems;

    private static string Describe(IReadOnlyList<string> problems) =>
        $"The configuration has {problems.Count} {(problems.Count == 1 ? "problem" : "problems")}:{Environment.NewLine}" +
        string.Join(Environment.NewLine, problems.Select(problem => $"  {problem}"));
}
