using System.Globalization;
using System.Text;
using Presence.Client;

namespace Presence.Simulation.Demo;

/// <summary>Creates the viewer of a visit: the .NET client, over HTTP like any app.</summary>
/// <param name="server">Where the server is.</param>
/// <param name="clientKey">What apps send as X-API-Key.</param>
/// <param name="connections">What all of them send with.</param>
/// <param name="time">The clock they live by.</param>
internal sealed class DemoCast(Uri server, string clientKey, HttpMessageHandler connections, TimeProvider time)
{
    private readonly SignIns _signIns = new();
    private readonly NetworkConditions _conditions = NetworkConditions.Perfect(time);

    private readonly PresenceLogin _login = new(
        server, clientKey, new HttpClient(connections, disposeHandler: false) { Timeout = Timeout.InfiniteTimeSpan }, time);

    public SimulatedViewer Play(DemoVisit visit) => new(
        new SimulatedNetwork(connections, _conditions),
        new RoomPresenceOptions
        {
            BaseUrl = server,
            RoomId = visit.RoomId,
            GetToken = _signIns.Of(visit.DeviceId, cancellationToken => SignInAsync(visit, cancellationToken)),
            SessionId = visit.DeviceId,
            Device = visit.Device,
            AppVersion = visit.AppVersion,
            TimeProvider = time,
        },
        visit.ShowsOnline);

    private Task<string> SignInAsync(DemoVisit visit, CancellationToken cancellationToken) => visit.Viewer.UserId is { } userId
        ? _login.LogInAsync(userId, visit.DeviceId, visit.Viewer.DisplayName, cancellationToken: cancellationToken)
        : _login.LogInGuestAsync(visit.DeviceId, cancellationToken);
}

/// <summary>
/// Everybody the demo knows: a bounded town whose people come back, so that a demo left running for weeks creates no
/// more accounts than <see cref="Users"/> and <see cref="Guests"/> say.
/// </summary>
internal static class DemoPeople
{
    public const int Guests = 400;

    private static readonly string[] FirstNames =
    [
        "Ada", "Amara", "Ana", "Aiko", "Ben", "Björn", "Chiara", "Chloé", "Dana", "Diego", "Elif", "Emil",
        "Fatima", "Finn", "Grace", "Hana", "Hugo", "Ines", "Ivan", "Jana", "Jonas", "José", "Kai", "Kwame",
        "Lena", "Liam", "Lucía", "Mateo", "Mei", "Mia", "Nadia", "Noah", "Olga", "Omar", "Petra", "Priya",
        "Rosa", "Ravi", "Sara", "Sofia", "Tariq", "Tomás", "Uma", "Vera", "Wei", "Yara", "Yusuf", "Zoë",
    ];

    private static readonly string[] LastNames =
    [
        "Abebe", "Almeida", "Andersson", "Bauer", "Bianchi", "Brown", "Carter", "Castro", "Chen", "Costa",
        "Diallo", "Dubois", "Evans", "Fischer", "García", "Haddad", "Horvat", "Ito", "Jensen", "Kaya",
        "Kim", "Kowalski", "Larsen", "Mendes", "Meyer", "Moreau", "Murphy", "Nakamura", "Novak", "Okafor",
        "Patel", "Popescu", "Rossi", "Silva", "Tanaka", "Weber", "Yilmaz",
    ];

    /// <summary>48 first and 37 last names have no common divisor, so stepping through both at once meets every pair once.</summary>
    public static int Users => FirstNames.Length * LastNames.Length;

    /// <summary>A person with an account.</summary>
    /// <param name="index">0 to <see cref="Users"/> - 1.</param>
    public static DemoViewer User(int index)
    {
        var name = $"{FirstNames[index % FirstNames.Length]} {LastNames[index % LastNames.Length]}";
        var userId = WithoutAccents(name).Replace(' ', '.').ToLowerInvariant();
        return new DemoViewer(userId, name, userId);
    }

    /// <summary>A person without one.</summary>
    /// <param name="index">0 to <see cref="Guests"/> - 1.</param>
    public static DemoViewer Guest(int index) =>
        new(UserId: null, DisplayName: null, Key: string.Create(CultureInfo.InvariantCulture, $"visitor-{index:000}"));

    private static string WithoutAccents(string text)
    {
        var letters = new StringBuilder(text.Length);
        foreach (var letter in text.Normalize(NormalizationForm.FormD))
        {
            if (CharUnicodeInfo.GetUnicodeCategory(letter) != UnicodeCategory.NonSpacingMark)
                letters.Append(letter);
        }
        return letters.ToString();
    }
}
