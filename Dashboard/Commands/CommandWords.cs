namespace Presence.Dashboard.Commands;

/// <summary>
/// The words behind <c>Dashboard.dll</c>, parted before anything parses them: <c>--urls ...</c>, <c>--demo</c> and
/// <c>--Presence:Key=value</c> are configuration, wherever they stand; the rest names a command. A server's words never meet
/// the parser, and a word that is neither never starts a server.
/// </summary>
/// <param name="Configuration">What the configuration reads, each with its value: <c>--key=value</c>.</param>
/// <param name="Rest">The command and its own words.</param>
/// <param name="Problems">What keeps them from being used, a sentence each.</param>
internal sealed record CommandWords(string[] Configuration, string[] Rest, IReadOnlyList<string> Problems)
{
    /// <summary>Short for <c>--Presence:Demo=true</c>.</summary>
    public const string Demo = "--demo";

    /// <summary>What the framework's host reads beside the sections.</summary>
    public static readonly IReadOnlyList<string> HostKeys = ["urls", "environment", "contentRoot", "webRoot", "http_ports", "https_ports", "shutdownTimeoutSeconds", "preferHostingUrls"];

    /// <summary>The sections that are read. A value in any other would silently have no effect.</summary>
    public static readonly IReadOnlyList<string> Sections = ["Presence", "Logging", "Kestrel"];

    public static CommandWords Read(IReadOnlyList<string> args)
    {
        List<string> configuration = [], rest = [], problems = [];
        for (var at = 0; at < args.Count; at++)
        {
            var word = args[at];
            var equals = word.IndexOf('=', StringComparison.Ordinal);
            var name = equals < 0 ? word : word[..equals];
            if (name == Demo)
                configuration.Add($"--{Hosting.DashboardOptions.Section}:Demo={(equals < 0 ? "true" : word[(equals + 1)..])}");
            else if (KeyOf(name) is not { } key)
                rest.Add(word);
            else if (equals >= 0)
                configuration.Add($"--{key}{word[equals..]}");
            else if (at + 1 < args.Count && !args[at + 1].StartsWith("--", StringComparison.Ordinal))
                configuration.Add($"--{key}={args[++at]}");
            else
                problems.Add($"{name} needs a value, as in {name}=VALUE.");
        }
        return new CommandWords([.. configuration], [.. rest], problems);
    }

    /// <summary>The configuration key a word names, as on a command line or as an environment variable; null for any other word.</summary>
    private static string? KeyOf(string name)
    {
        if (!name.StartsWith("--", StringComparison.Ordinal))
            return null;
        var key = name[2..].Replace("__", ":", StringComparison.Ordinal);
        var colon = key.IndexOf(':', StringComparison.Ordinal);
        return (colon < 0 ? HostKeys : Sections).Contains(colon < 0 ? key : key[..colon], StringComparer.OrdinalIgnoreCase) ? key : null;
    }
}
