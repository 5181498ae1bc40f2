using Presence.Client.Server;

namespace Presence.Client.Tests;

/// <summary>The examples of the client's README, as they stand there: they compile, or this does not.</summary>
internal static class ReadmeExamples
{
    public static async Task ThreeCallsAsync()
    {
        await using var room = new RoomPresence(new RoomPresenceOptions
        {
            BaseUrl = new Uri("https://presence.example.com"),
            RoomId = "lobby",
            GetToken = cancellation => GetTokenFromBackendAsync(cancellation), // signed by your backend
        });

        await room.StartHeartbeatAsync();                   // the viewer watches
        await foreach (var count in room.WatchCountAsync()) // live count
            Show($"{count} watching");
        await room.StopHeartbeatAsync();                    // the viewer leaves
    }

    public static async Task ReadAsync(RoomPresence room)
    {
        var count = await room.GetRoomUserCountAsync();
        var viewers = await room.GetRoomOnlineUsersAsync(new RoomViewerQuery { Limit = 20 });
        var level = viewers[0].User?.Metadata; // the whole profile: metadata, tags, picture
        Show($"{count} {viewers.Count} {level}");
    }

    public static void KnowHowItStands(RoomPresence room)
    {
        room.StateChanged += (_, change) =>
        {
            if (change.State.Status == PresenceStatus.Disabled)
                HideViewerCount(change.State.Error!.Message); // resumes automatically, within 15 min
            if (change.State is { Status: PresenceStatus.Refused, Error: { } error })
                Tell(error.Kind, error.Reason, error.Until); // Removed, Banned, Ended, Unauthorized, Refused
        };
    }

    public static void TellWhatTheAppDoes(Window window)
    {
        window.Deactivated += (_, _) => PresenceApp.Current.SetHidden(true);
        window.Activated += (_, _) => PresenceApp.Current.SetHidden(false);
        window.Stopped += async (_, _) => await PresenceApp.Current.SuspendAsync(); // leaves at once
        window.Resumed += (_, _) => PresenceApp.Current.Resume();                   // rejoins at once
    }

    public static void HearOfInvitations(RoomPresence room)
    {
        room.InvitationChanged += (_, change) => ShowInvitation(change.Invitation); // pending, accepted, or null when it is over
    }

    public static async Task AnswerAsync(RoomPresence room)
    {
        await room.AcceptAsync(); // or RejectAsync
        room.RaiseHand();         // moderators see who asks to speak
    }

    public static async Task<string> FromABackendAsync(string secret, Uri address, string serverKey)
    {
        var token = new ViewerTokens(secret).Sign(new ViewerIdentity("anna") { DisplayName = "Anna" }, TimeSpan.FromHours(1));

        var presence = new PresenceServer(new PresenceServerOptions { BaseUrl = address, ServerKey = serverKey });
        await presence.SendHeartbeatsAsync([new UserHeartbeat("lobby", "anna"), new UserHeartbeat("lobby", "berta") { Device = "Set-top box", AppVersion = "3.1" }]);
        await presence.RemoveFromRoomAsync("lobby", "anna", TimeSpan.FromDays(1), "spam");
        return token;
    }

    private static Task<string> GetTokenFromBackendAsync(CancellationToken cancellation) => Task.FromCanceled<string>(cancellation);

    private static void Show(string text) => Assert.NotEmpty(text);

    private static void HideViewerCount(string why) => Assert.NotEmpty(why);

    private static void ShowInvitation(StageInvitation? invitation) => Assert.NotEmpty(invitation?.Id ?? "none");

    private static void Tell(params object?[] what) => Assert.NotEmpty(what);

    /// <summary>What MAUI's window tells.</summary>
    internal abstract class Window
    {
        public abstract event EventHandler Deactivated;

        public abstract event EventHandler Activated;

        public abstract event EventHandler Stopped;

        public abstract event EventHandler Resumed;
    }
}
