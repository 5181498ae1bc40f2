using System.Globalization;
using Presence.Dashboard.Hosting;

namespace Presence.Dashboard.Simulation;

/// <summary>Reads the command line of <c>simulate</c>, and tells everything that is wrong with it at once.</summary>
internal sealed class SimulateArguments
{
    private readonly Dictionary<string, string> _given = new(StringComparer.Ordinal);
    private readonly List<string> _problems = [];

    private SimulateArguments(IEnumerable<string> args)
    {
        using var words = args.GetEnumerator();
        while (words.MoveNext())
        {
            var word = words.Current;
            var equals = word.IndexOf('=', StringComparison.Ordinal);
            var name = equals < 0 ? word : word[..equals];
            if (!SimulateHelp.Options.Contains(name))
                _problems.Add($"{name}: there is no such option; --help lists them.");
            else if (name == SimulateHelp.OwnsServer)
                _given[name] = "";
            else if (equals >= 0)
                _given[name] = word[(equals + 1)..];
            else if (words.MoveNext())
                _given[name] = words.Current;
            else
                _problems.Add($"{name}: its value is missing.");
        }
    }

    /// <returns>The options, and what is wrong with them: nothing, when they may be used.</returns>
    /// <param name="args">The words behind <c>simulate</c>.</param>
    /// <param name="environment">Environment variables, from which secrets are better taken than from a command line that others see.</param>
    public static (SimulateOptions Options, IReadOnlyList<string> Problems) Parse(IEnumerable<string> args, Func<string, string?> environment)
    {
        var arguments = new SimulateArguments(args);
        var defaults = new SimulateOptions();
        var secret = arguments.Text("--secret") ?? environment("Presence__Clients__Jwt__Secret");
        var options = new SimulateOptions
        {
            Url = arguments.Address("--url", defaults.Url),
            Secret = secret,
            Key = secret is null ? arguments.Text("--key") ?? environment("Presence__Clients__Key") : null,
            Rooms = arguments.Whole("--rooms", defaults.Rooms, 1, 10_000),
            Viewers = arguments.Whole("--viewers", defaults.Viewers, 1, 100_000),
            Connections = arguments.Whole("--connections", defaults.Connections, 1, 10_000),
            Churn = arguments.Share("--churn", defaults.Churn, 1_000),
            Vanish = arguments.Share("--vanish", defaults.Vanish, 100),
            Hidden = arguments.Share("--hidden", defaults.Hidden, 100),
            Lossy = arguments.Share("--lossy", defaults.Lossy, 90),
            Duration = arguments.Duration("--duration") ?? defaults.Duration,
            Ramp = arguments.Duration("--ramp"),
            OwnsServer = arguments._given.ContainsKey(SimulateHelp.OwnsServer),
        };
        arguments.CheckTogether(options);
        return (options, arguments._problems);
    }

    private void CheckTogether(SimulateOptions options)
    {
        if (options.Key is null && options.Secret is null)
            _problems.Add("--key: missing. It is the client key of the server (keys/client.key in its data folder); or give --secret, the one of Presence__Clients__Jwt__Secret.");
        else if (options.Secret is { Length: < 32 })
            _problems.Add("--secret: it must have at least 32 bytes.");
        if (!options.Url.IsLoopback && !options.OwnsServer)
            _problems.Add($"--url: {options.Url} is not this machine. A simulation is a load test: add --i-own-this-server if that server is yours and may bear it.");
    }

    private string? Text(string name) => _given.TryGetValue(name, out var text) && text.Length > 0 ? text : null;

    private Uri Address(string name, Uri otherwise)
    {
        if (!_given.TryGetValue(name, out var text))
            return otherwise;
        if (Uri.TryCreate(text, UriKind.Absolute, out var address) && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps))
            return address;
        _problems.Add($"{name}: \"{text}\" is not an http or https address such as http://localhost:5080.");
        return otherwise;
    }

    private int Whole(string name, int otherwise, int least, int most)
    {
        if (!_given.TryGetValue(name, out var text))
            return otherwise;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most)
            return number;
        _problems.Add(string.Create(CultureInfo.InvariantCulture, $"{name}: \"{text}\" is not a whole number from {least} to {most}."));
        return otherwise;
    }

    private double Share(string name, double otherwise, double most)
    {
        if (!_given.TryGetValue(name, out var text))
            return otherwise;
        if (double.TryParse(text.TrimEnd('%'), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var percent) && percent <= most)
            return percent / 100;
        _problems.Add(string.Create(CultureInfo.InvariantCulture, $"{name}: \"{text}\" is not a percentage from 0 to {most}."));
        return otherwise;
    }

    private TimeSpan? Duration(string name)
    {
        if (!_given.TryGetValue(name, out var text))
            return null;
        if (text.Length > 0 && ConfigurationSectionReader.TryParseDuration(text, out var duration) && duration > TimeSpan.Zero && duration <= TimeSpan.FromDays(7))
            return duration;
        _problems.Add($"{name}: \"{text}\" is not a number and s, m, h or d, such as 90s or 5m, up to 7d.");
        return null;
    }
}
