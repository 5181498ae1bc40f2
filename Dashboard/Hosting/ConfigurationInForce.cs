using System.Globalization;

namespace Presence.Dashboard.Hosting;

/// <summary>Every configuration key with the value that holds, secrets kept back.</summary>
internal static class ConfigurationInForce
{
    public static IReadOnlyList<ConfigurationEntry> Read(IConfiguration configuration, DashboardOptions options)
    {
        var section = configuration.GetSection(DashboardOptions.Section);
        var secrets = DashboardConfiguration.Secrets();
        return
        [
            .. from key in DashboardConfiguration.Keys().Order(StringComparer.Ordinal)
               let isSecret = secrets.Contains(key)
               let isSet = !string.IsNullOrWhiteSpace(section[key]) || section.GetSection(key).GetChildren().Any()
               select new ConfigurationEntry(ConfigurationSectionReader.EnvironmentName($"{DashboardOptions.Section}:{key}"), isSecret ? null : ValueOf(options, key), isSecret, isSet),
        ];
    }

    /// <summary>The options are shaped as the keys are: <c>Limits:Rooms</c> is their <c>Limits.Rooms</c>.</summary>
    internal static object? ValueOf(DashboardOptions options, string key)
    {
        object? value = options;
        foreach (var name in key.Replace("_", "", StringComparison.Ordinal).Split(':'))
            value = value!.GetType().GetProperty(name)!.GetValue(value);
        return value;
    }
}

/// <summary>One configuration key in force.</summary>
/// <param name="Key">As an environment variable spells it.</param>
/// <param name="Value">What holds, configured or by default; null for nothing, and for every secret.</param>
/// <param name="IsSecret">Whether the value is kept back.</param>
/// <param name="IsSet">Whether it is configured.</param>
public sealed record ConfigurationEntry(string Key, object? Value, bool IsSecret, bool IsSet);

/// <summary>
/// Reads typed values out of one configuration section and collects every problem on the way, so that an operator
/// corrects a bad configuration once and not once per mistake. Remembers what was asked for: the rest is unknown.
/// </summary>
internal sealed class ConfigurationSectionReader(IConfigurationSection section)
{
    private readonly List<string> _problems = [];
    private readonly HashSet<string> _secrets = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _known = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The key as an environment variable spells it: <c>Presence__Clients__Key</c>.</summary>
    public static string EnvironmentName(string path) => path.Replace(":", "__", StringComparison.Ordinal);

    /// <summary>Every key asked for so far, relative to the section.</summary>
    public IReadOnlyCollection<string> Known => _known;

    /// <summary>Those of them that hold secrets.</summary>
    public IReadOnlySet<string> Secrets => _secrets;

    /// <summary>Whether the key has a value, good or bad.</summary>
    public bool Has(string key) => Value(key) is not null;

    public void Refuse(string key, string problem) => _problems.Add($"{Name(key)}: {problem}");

    /// <summary>A text; blank counts as unset, which is how an environment variable is switched off.</summary>
    /// <param name="key">The key, relative to the section.</param>
    /// <param name="problemOf">Says what is wrong with a value, or null.</param>
    /// <param name="secret">The value is kept out of the message.</param>
    public string? Text(string key, Func<string, string?>? problemOf = null, bool secret = false)
    {
        if (secret)
            _secrets.Add(key);
        if (Value(key) is not { } text)
            return null;
        if (problemOf?.Invoke(text) is not { } problem)
            return text;
        Refuse(key, secret ? problem : $"\"{text}\" {problem}");
        return null;
    }

    public bool? Switch(string key)
    {
        if (Value(key) is not { } text)
            return null;
        if (bool.TryParse(text, out var value))
            return value;
        Refuse(key, $"\"{text}\" is neither true nor false.");
        return null;
    }

    public int? Number(string key, int smallest, int largest)
    {
        if (Value(key) is not { } text)
            return null;
        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= smallest && value <= largest)
            return value;
        Refuse(key, string.Create(CultureInfo.InvariantCulture, $"\"{text}\" is not a whole number from {smallest} to {largest}."));
        return null;
    }

    /// <summary>A duration such as <c>90m</c>, <c>12h</c> or <c>30d</c>. A number without a unit is refused.</summary>
    public TimeSpan? Duration(string key, TimeSpan shortest, TimeSpan longest, string range)
    {
        if (Value(key) is not { } text)
            return null;
        if (TryParseDuration(text, out var value) && value >= shortest && value <= longest)
            return value;
        Refuse(key, $"\"{text}\" is not a duration from {range}: a number followed by s, m, h or d, such as 12h or 30d.");
        return null;
    }

    /// <summary>A list: separated by commas, or one key an entry (<c>__0</c>, <c>__1</c>, ...).</summary>
    public string[] List(string key, Func<string, string?> problemOf)
    {
        _known.Add(key);
        var entries = section.GetSection(key);
        foreach (var child in entries.GetChildren())
            _known.Add($"{key}:{child.Key}");

        var texts = (entries.Value ?? "").Split(',')
            .Concat(entries.GetChildren().Select(child => child.Value ?? ""))
            .Select(text => text.Trim())
            .Where(text => text.Length > 0)
            .ToArray();
        foreach (var text in texts)
        {
            if (problemOf(text) is { } problem)
                Refuse(key, $"\"{text}\" {problem}");
        }
        return texts;
    }

    /// <summary>Everything wrong, unknown keys included. Call last.</summary>
    public IReadOnlyList<string> Problems()
    {
        foreach (var (path, value) in section.AsEnumerable(makePathsRelative: true))
        {
            if (path.Length > 0 && value is not null && !_known.Contains(path))
                Refuse(path, $"unknown key.{Suggestion(path)}");
        }
        return _problems;
    }

    private string Suggestion(string path)
    {
        var last = path[(path.LastIndexOf(':') + 1)..];
        var near = _known.FirstOrDefault(known => known.EndsWith(":" + last, StringComparison.OrdinalIgnoreCase) || known.Equals(last, StringComparison.OrdinalIgnoreCase));
        return near is null ? " docs/configuration.md lists them all." : $" Did you mean {Name(near)}?";
    }

    private string? Value(string key)
    {
        _known.Add(key);
        var text = section[key]?.Trim();
        return string.IsNullOrEmpty(text) ? null : text;
    }

    private string Name(string key) => EnvironmentName($"{section.Path}:{key}");

    internal static bool TryParseDuration(string text, out TimeSpan value)
    {
        value = default;
        long unit = text[^1] switch
        {
            's' => TimeSpan.TicksPerSecond,
            'm' => TimeSpan.TicksPerMinute,
            'h' => TimeSpan.TicksPerHour,
            'd' => TimeSpan.TicksPerDay,
            _ => 0,
        };
        if (unit == 0 || !int.TryParse(text.AsSpan()[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var count) || count > TimeSpan.MaxValue.Ticks / unit)
            return false;
        value = TimeSpan.FromTicks(count * unit);
        return true;
    }
}
