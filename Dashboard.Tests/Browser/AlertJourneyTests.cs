using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Presence.Dashboard.Tests.Support;
using Presence.Engine;
using Presence.Engine.Alerts;
using Presence.Engine.Rooms;
using Presence.Engine.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Presence.Dashboard.Tests.Browser;

/// <summary>A moderator is told: on the page, by the browser, and on a phone whose push service is the test's own.</summary>
public sealed class AlertJourneyTests(ChromiumBrowser chromium) : IAsyncLifetime
{
    private readonly ManualTimeProvider _clock = new();
    private int _viewers;
    private PushReceiver _phone = null!;
    private DashboardHost _host = null!;

    private PresenceEngine Engine => _host.Services.GetRequiredService<PresenceEngine>();

    private AlertWatch Alerts => _host.Services.GetRequiredService<AlertWatch>();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _clock.SetUtcNow(TimeProvider.System.GetUtcNow()); // browsers hold cookies against their own clock
        _phone = await PushReceiver.StartAsync();
        _host = await DashboardHost.StartAsync(HostileHttpsServer.Reached(new DashboardHostOptions { Time = _clock, Configuration = ModeratorOfTests.Configuration }));
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _phone.DisposeAsync();
    }

    [Fact]
    public async Task Drop_OfARoomWithARule_IsToldOnAnyPageExplainedAndSeenTo()
    {
        await using var visit = await chromium.VisitAsync(_host.BaseAddress);
        await visit.Page.AddInitScriptAsync(
            """
            window.tones = 0;
            const { createOscillator } = AudioContext.prototype;
            AudioContext.prototype.createOscillator = function () { window.tones++; return createOscillator.call(this); };
            """);
        var page = visit.Page;
        await visit.SignInAsync("/alerts");
        await page.GetByRole(AriaRole.Button, new() { Name = "New rule" }).ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog);
        await dialog.GetByRole(AriaRole.Radio, new() { Name = "One room" }).CheckAsync();
        await dialog.GetByLabel("Room", new() { Exact = true }).FillAsync("show");
        await dialog.GetByLabel("Only with at least").FillAsync("4");
        await Expect(dialog.GetByTestId("preview")).ToHaveTextAsync("Would not have been raised in the last 24 h.");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Expect(page.GetByTestId("rule")).ToContainTextAsync("show falls by 25 % in 1 min");
        await TurnOnAsync(page, "Sound");
        await page.GetByRole(AriaRole.Button, new() { Name = "Test", Exact = true }).ClickAsync();
        await Expect(page.GetByText("This is how an alert looks.")).ToBeVisibleAsync();
        await TrueAsync(page, "window.tones > 0");

        await visit.OpenAsync("/rooms");
        await DropAsync();

        await Expect(page.GetByTestId("open-alerts").First).ToHaveTextAsync("1");
        await TrueAsync(page, "window.tones > 0");
        await page.GetByRole(AriaRole.Link, new() { Name = "Alerts" }).First.ClickAsync();
        await Expect(page.GetByTestId("alert")).ToContainTextAsync("show fell by 75 % in 1 min");
        await Expect(page.GetByTestId("alert")).ToContainTextAsync("from 8 to 2 viewers");
        await page.GetByRole(AriaRole.Button, new() { Name = "Why" }).ClickAsync();
        await Expect(dialog).ToContainTextAsync("show");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Close" }).First.ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Seen to" }).ClickAsync();
        await Expect(page.GetByTestId("alert")).ToContainTextAsync($"seen to by {ModeratorOfTests.Email}");
        await Expect(page.GetByTestId("open-alerts")).ToHaveCountAsync(0);

        await ReturnAsync();
        await Expect(page.GetByTestId("alert")).ToHaveAttributeAsync("data-state", "over");
        Assert.Empty(visit.Errors);
    }

    [Fact]
    public async Task Phone_Added_IsSentWhatItsWorkerShowsAndSubscribesAnewOnceItsSubscriptionEnded()
    {
        await Alerts.SaveRuleAsync(new AlertRule { Kind = AlertKind.Falls, Prefix = "", Amount = 25, Minutes = 1, Least = 4 }, "ada", Cancel);
        var subscription = _phone.Subscription();
        // A private window has no push service: its subscriptions are the test's, all else is the browser's.
        await using var visit = await chromium.VisitAsync(_host.BaseAddress, isWhole: true);
        await visit.Context.GrantPermissionsAsync(["notifications"]);
        await visit.Page.AddInitScriptAsync(
            $$"""
            const of = number => ({
              endpoint: "{{_phone.Server.UrlOf("push-")}}" + number,
              options: { applicationServerKey: null },
              toJSON() { return { endpoint: this.endpoint, keys: { p256dh: "{{subscription.P256dh}}", auth: "{{subscription.Auth}}" } }; },
              unsubscribe: async () => localStorage.removeItem("subscribed"),
            });
            PushManager.prototype.getSubscription = async () => localStorage.subscribed ? of(localStorage.subscribed) : null;
            PushManager.prototype.subscribe = async options => {
              localStorage.serverKey = options.applicationServerKey;
              localStorage.subscribed = localStorage.made = +(localStorage.made ?? 0) + 1;
              return of(localStorage.subscribed);
            };
            """);
        var page = visit.Page;
        await visit.SignInAsync("/alerts");
        await page.GetByRole(AriaRole.Button, new() { Name = "Add this device" }).ClickAsync();
        await Expect(page.GetByTestId("device")).ToContainTextAsync("Not reached yet.");
        _phone.ServerKey = await page.EvaluateAsync<string>("localStorage.serverKey");

        await page.GetByTestId("device").GetByRole(AriaRole.Button, new() { Name = "Test" }).ClickAsync();
        await Expect(page.GetByTestId("telling")).ToContainTextAsync("Sent.");
        await Expect(page.GetByTestId("device")).ToContainTextAsync("Last reached");
        await using var worker = await ServiceWorkerOfVisit.StartAsync(visit);
        await worker.DeliverAsync(Assert.Single(_phone.Shown).Text);
        await ShownAsync(page, "Test alert");

        await DropAsync();
        await SentAsync(2);
        Assert.Equal("show fell by 75 % in 1 min", _phone.Shown[1].Title);
        await worker.DeliverAsync(_phone.Shown[1].Text);
        await ShownAsync(page, "Test alert", "show fell by 75 % in 1 min");

        // What is over takes the place of what began; and then the push service lets the subscription go.
        await ReturnAsync();
        await SentAsync(3);
        await worker.DeliverAsync(_phone.Shown[2].Text);
        await ShownAsync(page, "Test alert", "Over: show fell by 75 % in 1 min");
        _phone.Answer = 410;
        await page.GetByTestId("device").GetByRole(AriaRole.Button, new() { Name = "Test" }).ClickAsync();
        await Expect(page.GetByTestId("telling")).ToContainTextAsync("The device couldn’t be reached.");
        await Expect(page.GetByTestId("device")).ToContainTextAsync("Not reachable since");

        _phone.Answer = 201;
        await visit.OpenAsync("/rooms");
        await TrueAsync(page, "localStorage.subscribed === '2'");
        await visit.OpenAsync("/alerts");
        await page.GetByTestId("device").GetByRole(AriaRole.Button, new() { Name = "Test" }).ClickAsync();
        await Expect(page.GetByTestId("telling")).ToContainTextAsync("Sent.");
        Assert.Equal(1, _phone.Server.RequestsOf("push-2"));

        // An open tab shows them by itself too.
        await page.EvaluateAsync("async () => { for (const shown of await (await navigator.serviceWorker.ready).getNotifications()) shown.close(); }");
        await ShownAsync(page);
        await TurnOnAsync(page, "Browser notification");
        await worker.UntilAsync("Notification displayed", () => page.GetByRole(AriaRole.Button, new() { Name = "Test", Exact = true }).ClickAsync());
        await ShownAsync(page, "Test alert");
        Assert.Empty(_phone.Problems);
        Assert.Empty(visit.Errors);
    }

    private static async Task TurnOnAsync(IPage page, string name)
    {
        var field = page.GetByRole(AriaRole.Switch, new() { Name = name, Exact = true });
        await field.FocusAsync();
        await page.Keyboard.PressAsync("Space");
        await Expect(field).ToBeCheckedAsync();
    }

    /// <summary>Waits for what a page's script knows. The content policy forbids the browser's own waiting.</summary>
    private static Task TrueAsync(IPage page, string expression) => Eventually.TrueAsync(() => page.EvaluateAsync<bool>(expression), expression);

    /// <summary>Waits until the device shows these notifications and no others. Call it once they are displayed: Chromium forgets one that a page asks for before.</summary>
    private static Task ShownAsync(IPage page, params IEnumerable<string> titles) => Eventually.TrueAsync(
        async () => (await page.EvaluateAsync<string[]>("async () => (await (await navigator.serviceWorker.ready).getNotifications()).map(shown => shown.title)")).Order(StringComparer.Ordinal).SequenceEqual(titles.Order(StringComparer.Ordinal)),
        $"the device shows {string.Join(", ", titles)}");

    /// <summary>Eight viewers of whom six leave.</summary>
    private async Task DropAsync()
    {
        _viewers = 8;
        await PassAsync(TimeSpan.FromSeconds(1));
        _viewers = 2;
        for (var viewer = _viewers; viewer < 8; viewer++)
            Engine.Leave("show", $"viewer-{viewer}", "");
        await PassAsync(TimeSpan.FromSeconds(1));
        await PassAsync(TimeSpan.FromSeconds(1));
    }

    /// <summary>All eight are back until the drop is over.</summary>
    private async Task ReturnAsync()
    {
        _viewers = 8;
        for (var pass = 0; pass < 14; pass++)
            await PassAsync(TimeSpan.FromSeconds(5));
    }

    private void Beat()
    {
        for (var viewer = 0; viewer < _viewers; viewer++)
            Engine.Heartbeat(new Heartbeat { RoomId = "show", UserId = $"viewer-{viewer}", SessionId = "" });
    }

    /// <summary>The host's own loop judges as well, every five seconds.</summary>
    private async Task PassAsync(TimeSpan span)
    {
        _clock.Advance(span);
        Beat();
        Engine.Sweep();
        await Alerts.PassAsync(Cancel);
    }

    private Task SentAsync(int messages) => Eventually.TrueAsync(
        () =>
        {
            if (_phone.Shown.Count < messages)
                _clock.Advance(TimeSpan.FromSeconds(1));
            return _phone.Shown.Count >= messages;
        },
        $"the phone got {messages} messages");

    /// <summary>The service worker of a page, to which the test delivers what a push service would.</summary>
    private sealed class ServiceWorkerOfVisit(ICDPSession session, string registrationId, string origin) : IAsyncDisposable
    {
        private readonly ConcurrentDictionary<string, TaskCompletionSource> _awaited = new(StringComparer.Ordinal);

        public static async Task<ServiceWorkerOfVisit> StartAsync(BrowserVisit visit)
        {
            var session = await visit.Context.NewCDPSessionAsync(visit.Page);
            var registered = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
            session.Event("ServiceWorker.workerRegistrationUpdated").OnEvent += (_, told) =>
            {
                foreach (var registration in told!.Value.GetProperty("registrations").EnumerateArray())
                    registered.TrySetResult(registration.GetProperty("registrationId").GetString()!);
            };
            await session.SendAsync("ServiceWorker.enable");
            var worker = new ServiceWorkerOfVisit(session, await registered.Task.WaitAsync(BrowserVisit.Patience, Cancel), new Uri(visit.Page.Url).GetLeftPart(UriPartial.Authority));
            session.Event("BackgroundService.backgroundServiceEventReceived").OnEvent += (_, told) =>
            {
                if (worker._awaited.TryRemove(told!.Value.GetProperty("backgroundServiceEvent").GetProperty("eventName").GetString()!, out var awaited))
                    awaited.TrySetResult();
            };
            foreach (var service in new[] { "pushMessaging", "notifications" })
            {
                await session.SendAsync("BackgroundService.setRecording", new Dictionary<string, object>(StringComparer.Ordinal) { ["service"] = service, ["shouldRecord"] = true });
                await session.SendAsync("BackgroundService.startObserving", new Dictionary<string, object>(StringComparer.Ordinal) { ["service"] = service });
            }
            return worker;
        }

        /// <summary>Wakes the worker with a message, and waits until it has shown it.</summary>
        public Task DeliverAsync(string data) => UntilAsync("Push event completed", () => session.SendAsync(
            "ServiceWorker.deliverPushMessage",
            new Dictionary<string, object>(StringComparer.Ordinal) { ["origin"] = origin, ["registrationId"] = registrationId, ["data"] = data }));

        /// <summary>Does something, and waits until the browser says that it came to this.</summary>
        public async Task UntilAsync(string happened, Func<Task> act)
        {
            var awaited = _awaited[happened] = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            await act();
            await awaited.Task.WaitAsync(BrowserVisit.Patience, Cancel);
        }

        public async ValueTask DisposeAsync() => await session.DetachAsync();
    }
}
