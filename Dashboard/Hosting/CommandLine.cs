namespace Presence.Dashboard.Hosting;

/// <summary>The switches of the command line beside those of the framework.</summary>
internal static class CommandLine
{
    /// <summary>
    /// Spells <c>--demo</c> as the configuration key it stands for. The framework's own reader would take the
    /// argument behind a switch without a value for its value.
    /// </summary>
    public static string[] Expand(string[] args) =>
        [.. args.Select(arg => arg is "--demo" ? $"--{DashboardOptions.Section}:Demo=true" : arg)];
}
