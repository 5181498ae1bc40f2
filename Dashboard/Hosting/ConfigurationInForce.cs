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
