using System.Collections;
using System.CommandLine;
using System.Globalization;
using Presence.Dashboard.Hosting;

namespace Presence.Dashboard.Commands;

/// <summary><c>config check</c> and <c>config show</c>: the configuration a server started here would have.</summary>
internal static class ConfigCommand
{
    private const string Hidden = "(set, hidden)";

    public static Command Describe(CommandCall call)
    {
        var config = new Command("config", "Show or check the configuration of a server started here: environment variables, then --Key=value.");
        config.Subcommands.Add(call.Command("check", "List all problems. Exit code 0 if there are none, 1 otherwise.", (_, _) => CheckAsync(call)));
        config.Subcommands.Add(call.Command("show", "Print every key with its value. Defaults follow a #. Secrets are hidden.", (_, _) => ShowAsync(call)));
        return config;
    }

    private static async Task<int> CheckAsync(CommandCall call)
    {
        await using var app = call.Build();
        await call.Output.WriteLineAsync("The configuration has no problems.");
        return 0;
    }

    private static async Task<int> ShowAsync(CommandCall call)
    {
        await using var app = call.Build();
        var options = app.Services.GetRequiredService<DashboardOptions>();
        var addresses = LocalAddress.Configured(app.Configuration);
        await call.Output.WriteLineAsync(addresses.Count > 0 ? $"ASPNETCORE_URLS={string.Join(';', addresses)}" : $"# ASPNETCORE_URLS={LocalAddress.DefaultUrl}");
        foreach (var entry in ConfigurationInForce.Read(app.Configuration, options))
            await call.Output.WriteLineAsync(Line(entry));
        return 0;
    }

    private static string Line(ConfigurationEntry entry) =>
        $"{(entry.IsSet ? "" : "# ")}{entry.Key}={(entry.IsSecret ? (entry.IsSet ? Hidden : "") : Text(entry.Value))}";

    /// <summary>A value as the configuration takes it.</summary>
    internal static string Text(object? value) => value switch
    {
        null => "",
        bool flag => flag ? "true" : "false",
        TimeSpan span => Text(span),
        string text => text,
        IEnumerable list => string.Join(',', list.Cast<object?>().Select(Text)),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };

    private static string Text(TimeSpan span) =>
        span.Ticks % TimeSpan.TicksPerDay == 0 ? $"{span.Ticks / TimeSpan.TicksPerDay}d"
        : span.Ticks % TimeSpan.TicksPerHour == 0 ? $"{span.Ticks / TimeSpan.TicksPerHour}h"
        : span.Ticks % TimeSpan.TicksPerMinute == 0 ? $"{span.Ticks / TimeSpan.TicksPerMinute}m"
        : $"{span.Ticks / TimeSpan.TicksPerSecond}s";
}
