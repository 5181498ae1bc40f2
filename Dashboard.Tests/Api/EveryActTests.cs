using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Identity;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Jobs;
using Presence.Dashboard.Live;
using Presence.Dashboard.Tests.Accounts;
using Presence.Dashboard.Tests.Support;
using Presence.Engine;
using Presence.Engine.Alerts;
using Presence.Engine.Audit;
using Presence.Engine.Moderation;
using Presence.Engine.Rooms;
using Presence.Engine.Settings;
using Presence.Engine.Stage;
using Presence.Engine.Storage;
using Presence.Engine.Tests.Support;
using Presence.Engine.Webhooks;

namespace Presence.Dashboard.Tests.Api;

/// <summary>Every kind of administrative act, at random: one record each, in a chain that a single edited row breaks.</summary>
public sealed class EveryActTests : IAsyncLifetime
{
    private const string Owner = "owner@example.com";

    /// <summary>600 acts; 10,000 with PRESENCE_FULL=1.</summary>
    private static readonly int Acts = ProofLength.IsFull ? 10_000 : 600;

    /// <summary>Kinds no service of ours can do alone, and the test that checks their record.</summary>
    private static readonly Dictionary<string, string> Elsewhere = new(StringComparer.Ordinal)
    {
        [AuditActs.PasskeyAdded] = "an authenticator attests it: PasskeyTests",
        [AuditActs.AccountConnected] = "a provider signs the account in: ProviderSignInTests",
    };

    private static readonly Actor Mia = new("mia@example.com", ActorKind.Moderator, "0123456789abcdef");
    private static readonly RoomOverrides Slower = new() { HeartbeatInterval = TimeSpan.FromSeconds(40), PresenceTimeout = TimeSpan.FromSeconds(90) };

    private readonly Random _random = new(1);
    private readonly List<(string Act, string? RoomId, string? UserId)> _expected = [];
    private DashboardHost _host = null!;
    private string _password = ModeratorOfTests.Password;
    private Queue<string>? _recoveryCodes; // null while the owner has no second factor
    private int _accounts;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Room => $"room-{_random.Next(3)}";

    private string User => $"user-{_random.Next(3)}";

    public async ValueTask InitializeAsync()
    {
        _host = await DashboardHost.StartAsync(new DashboardHostOptions
        {
            Configuration = new(ModeratorOfTests.Configuration, StringComparer.Ordinal) { ["Presence:Limits:SignInBurst"] = "100000" },
        });
        await ModeratorOfTests.MakeAsync(_host, Owner, ModeratorRole.Admin);
    }

    public async ValueTask DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task Acts_AtRandom_AreRecordedOnceEachAndChained()
    {
        var log = Get<AuditLog>();
        var (kinds, done) = (new HashSet<string>(StringComparer.Ordinal), 0);
        var last = (await log.VerifyAsync(Cancel)).Last!.Id;
        var first = last;
        while (done < Acts)
        {
            var acts = AllActs();
            _random.Shuffle(acts);
            foreach (var act in acts)
            {
                _expected.Clear();
                await act();
                var recorded = (await log.ListAsync(new AuditQuery(), _expected.Count + 1, Cancel)).Where(record => record.Id > last).Reverse().ToList();
                Assert.Equal(_expected, recorded.Select(record => (record.Act, record.RoomId, record.UserId)));
                kinds.UnionWith(_expected.Select(expected => expected.Act));
                (done, last) = (done + recorded.Count, recorded is [.., var latest] ? latest.Id : last);
            }
        }

        Assert.Empty(AuditActs.All.Except(kinds).Except(Elsewhere.Keys)); // add the kind to AllActs, or to Elsewhere with its reason
        var verification = await log.VerifyAsync(Cancel);
        Assert.Equal((first + done, last, (long?)null), (verification.Count, verification.Last!.Id, verification.FirstBroken));
        TestContext.Current.SendDiagnosticMessage("{0} acts of {1} kinds, one record each", done, kinds.Count);

        var edited = _random.NextInt64(1, last + 1);
        await EditAsync(edited, ((string[])["\"At\" = \"At\" + 1", "\"Act\" = 'something.else'", "\"Actor\" = 'eve@example.com'", "\"New\" = '{}'"])[_random.Next(4)]);
        verification = await log.VerifyAsync(Cancel);
        Assert.Equal((edited - 1, edited), (verification.Count, verification.FirstBroken));
    }

    /// <summary>Each is done once a round; some are refused or change nothing, and then there must be no record.</summary>
    private Func<Task>[] AllActs() =>
    [
        // Settings
        async () =>
        {
            var (store, limit) = (Get<SettingsStore>(), _random.Next(100, 103));
            var changes = Get<PresenceEngine>().Settings.ListLimit != limit;
            await store.ChangeAsync(new SettingsChange { Settings = Get<PresenceEngine>().Settings with { ListLimit = limit }, By = Mia }, Cancel);
            Expect(AuditActs.SettingsChanged, when: changes);
        },
        () => Assert.ThrowsAsync<SettingsRefusedException>(() => Get<SettingsStore>().ChangeAsync(new SettingsChange { Settings = Get<PresenceEngine>().Settings with { ListLimit = -1 }, By = Mia }, Cancel)),
        async () =>
        {
            var (store, days) = (Get<HistorySettingsStore>(), _random.Next(100, 103));
            Expect(AuditActs.HistorySettingsChanged, when: store.Current.EventDays != days);
            await store.ChangeAsync(store.Current with { EventDays = days }, Mia, "tidy", null, Cancel);
        },
        async () =>
        {
            var (room, definition) = (Room, new RoomDefinition { Title = $"Title {_random.Next(2)}" });
            Expect(AuditActs.RoomChanged, room, when: (await Get<RoomStore>().FindAsync(room, Cancel)).Definition != definition);
            await Get<RoomStore>().DefineAsync(room, definition, Mia, null, Cancel);
        },
        async () =>
        {
            var room = Room;
            Expect(AuditActs.RoomDeleted, room, when: await Get<RoomStore>().ForgetAsync(room, Mia, null, Cancel));
        },
        async () =>
        {
            var (store, prefix, slower) = (Get<RoomPrefixStore>(), Room, _random.Next(2) == 0 ? Slower : RoomOverrides.None);
            Expect(slower == Slower ? AuditActs.PrefixChanged : AuditActs.PrefixDeleted, when: store.Find(prefix).Overrides != slower);
            await store.DefineAsync(prefix, slower, Mia, null, Cancel);
        },
        async () =>
        {
            var (room, from) = (Room, DateTimeOffset.UtcNow.AddDays(1));
            try
            {
                await Get<ScheduleStore>().ScheduleAsync(new ScheduledChange { RoomId = room, Values = Slower, From = from, Until = from.AddHours(1) }, Mia, Cancel);
                Expect(AuditActs.ScheduleCreated, room);
            }
            catch (ScheduleOverlapException)
            {
            }
        },
        async () =>
        {
            if (Get<ScheduleStore>().All.FirstOrDefault(change => change.IsOpen) is not { } change)
                return;
            await Get<ScheduleStore>().CancelAsync(change.Id, Mia, Cancel);
            await Get<ScheduleStore>().CancelAsync(change.Id, Mia, Cancel); // over already: no act
            Expect(AuditActs.ScheduleCancelled, change.RoomId);
        },
        async () =>
        {
            await Get<QuickReasonStore>().SetAsync([$"Reason {_random.Next(3)}"], Mia, Cancel);
            Expect(AuditActs.QuickReasonsChanged);
        },

        // Viewers
        async () =>
        {
            var (room, user) = (_random.Next(3) == 0 ? null : Room, User);
            await Get<RemovalStore>().RemoveAsync(new Removal(user, room, DateTimeOffset.UtcNow.AddHours(1), "spam"), Mia, Cancel);
            Expect(AuditActs.BanCreated, room, user);
        },
        async () =>
        {
            var (room, user) = (_random.Next(3) == 0 ? null : Room, User);
            Expect(AuditActs.BanLifted, room, user, when: await Get<RemovalStore>().LiftAsync(user, room, Mia, Cancel));
        },
        async () =>
        {
            var user = User;
            await Get<ViewerNoteStore>().AddAsync(user, new NoteDraft("a note"), Mia, Cancel);
            Expect(AuditActs.NoteCreated, user: user);
        },
        async () =>
        {
            var (store, user) = (Get<ViewerNoteStore>(), User);
            var id = store.Of(user) is [var note, ..] ? note.Id : -1;
            Expect(AuditActs.NoteChanged, user: user, when: await store.ChangeAsync(user, id, new NoteDraft("another"), Mia, mayChangeAny: true, Cancel) is not null);
        },
        async () =>
        {
            var (store, user) = (Get<ViewerNoteStore>(), User);
            var id = store.Of(user) is [var note, ..] ? note.Id : -1;
            Expect(AuditActs.NoteDeleted, user: user, when: await store.DeleteAsync(user, id, Mia, mayChangeAny: true, Cancel) is not null);
        },
        async () =>
        {
            await Get<UserStore>().SignInAsync("known", "Known", isGuest: false, vouched: false, Cancel);
            await Get<UserStore>().EraseAsync("known", Mia, Cancel);
            await Get<UserStore>().EraseAsync("known", Mia, Cancel); // gone already: no act
            Expect(AuditActs.UserErased, user: "known");
        },
        async () =>
        {
            var user = User;
            await Get<PersonData>().ExportAsync(user, Stream.Null, Mia, Cancel);
            Expect(AuditActs.PersonExported, user: user);
        },
        async () =>
        {
            await Get<PersonData>().EraseAsync(User, bansToo: false, Mia, Cancel);
            Expect(AuditActs.PersonErased); // not who
        },

        // The stage
        InviteAsync,
        async () =>
        {
            var invitation = await InviteAsync();
            await Get<StageStore>().AnswerAsync("stage", "star", invitation.Id, accepts: false, null, Cancel);
            Expect(AuditActs.InvitationAnswered, "stage", "star", when: invitation.Status == InvitationStatus.Pending);
        },
        async () =>
        {
            var invitation = await InviteAsync();
            await Get<StageStore>().CancelAsync("stage", invitation.Id, Mia, Cancel);
            await Get<StageStore>().CancelAsync("stage", invitation.Id, Mia, Cancel); // over already: no act
            Expect(AuditActs.InvitationCancelled, "stage", "star");
        },
        async () =>
        {
            var raised = _random.Next(2) == 0;
            Beat("fan", handRaised: false); // one that was lowered stays down until its session says so
            Beat("fan", raised);
            await Get<StageStore>().LowerHandsAsync("stage", "fan", Mia, Cancel);
            Expect(AuditActs.HandLowered, "stage", "fan", when: raised);
        },
        async () =>
        {
            var draw = await Get<DrawStore>().PrepareAsync("stage", 1, new DrawFilter(), Mia, Cancel);
            await Get<DrawStore>().DrawAsync("stage", draw.Id, Mia, Cancel);
            await Get<DrawStore>().DrawAsync("stage", draw.Id, Mia, Cancel); // drawn already: no act
            Expect(AuditActs.DrawPrepared, "stage");
            Expect(AuditActs.Drawn, "stage");
        },
        async () =>
        {
            var room = Room;
            await Get<HandoverStore>().SetAsync(room, "all quiet", Mia, Cancel);
            Expect(AuditActs.HandoverLeft, room);
        },
        async () =>
        {
            var room = Room;
            Expect(AuditActs.HandoverCleared, room, when: Get<HandoverStore>().Of(room) is not null);
            await Get<HandoverStore>().SetAsync(room, null, Mia, Cancel);
        },

        // Keys, links, files, jobs
        async () =>
        {
            var key = await Get<ServerKeyStore>().CreateAsync(new NewServerKey("app", Guid.NewGuid().ToByteArray(), "pd_abc", ["read"], Mia, null), Cancel);
            await Get<ServerKeyStore>().RevokeAsync(key.Id, Mia, Cancel);
            await Get<ServerKeyStore>().RevokeAsync(key.Id, Mia, Cancel); // revoked already: no act
            Expect(AuditActs.ServerKeyCreated);
            Expect(AuditActs.ServerKeyRevoked);
        },
        async () =>
        {
            var (store, room, names) = (Get<PublicLinkStore>(), Room, _random.Next(2) == 0);
            var before = store.FindOfRoom(room);
            await store.SetAsync(room, names, Mia, Cancel);
            Expect(before is null ? AuditActs.PublicLinkCreated : AuditActs.PublicLinkChanged, room, when: before?.ShowsNames != names);
            await store.SetAsync(room, !names, Mia, Cancel);
            Expect(AuditActs.PublicLinkChanged, room);
        },
        async () =>
        {
            var room = Room;
            Expect(AuditActs.PublicLinkRevoked, room, when: await Get<PublicLinkStore>().RevokeAsync(room, Mia, Cancel));
        },
        async () =>
        {
            var room = Room;
            var made = await Get<ShareLinkStore>().MakeAsync(room, ShareLinkKind.Page, showsNames: false, Mia, Cancel);
            await Get<ShareLinkStore>().RevokeAsync(made.Link.Id, Mia, Cancel);
            Expect(AuditActs.ShareLinkCreated, room);
            Expect(AuditActs.ShareLinkRevoked, room);
        },
        async () =>
        {
            using var owner = await OwnerAsync();
            using var file = await owner.GetAsync("/downloads/rooms.csv");
            Expect(AuditActs.DataExported);
        },
        async () =>
        {
            await using var scope = _host.Services.CreateAsyncScope();
            var owner = await scope.ServiceProvider.GetRequiredService<UserManager<ModeratorAccount>>().FindByEmailAsync(Owner);
            var principal = await scope.ServiceProvider.GetRequiredService<IUserClaimsPrincipalFactory<ModeratorAccount>>().CreateAsync(owner!);
            ((IHostEnvironmentAuthenticationStateProvider)scope.ServiceProvider.GetRequiredService<AuthenticationStateProvider>()).SetAuthenticationState(Task.FromResult(new AuthenticationState(principal)));
            await scope.ServiceProvider.GetRequiredService<SystemAdministration>().RunNowAsync(JobNames.HistoryFigures);
            Expect(AuditActs.JobStarted);
        },

        // Alerts and webhooks
        async () =>
        {
            var (watch, room) = (Get<AlertWatch>(), Room);
            var rule = (await watch.SaveRuleAsync(new AlertRule { Kind = AlertKind.Above, RoomId = room, Amount = 1_000_000 }, Mia, Cancel))!;
            await watch.SaveRuleAsync(rule, Mia, Cancel); // the same: no act
            await watch.SaveRuleAsync(rule with { Amount = 2_000_000 }, Mia, Cancel);
            await watch.DeleteRuleAsync(rule.Id, Mia, Cancel);
            await watch.DeleteRuleAsync(rule.Id, Mia, Cancel); // gone already: no act
            Expect(AuditActs.AlertRuleCreated, room);
            Expect(AuditActs.AlertRuleChanged, room);
            Expect(AuditActs.AlertRuleDeleted, room);
        },
        async () =>
        {
            var store = Get<WebhookStore>();
            await store.CreateAsync("https://hooks.example/x", Nothing, Mia, Cancel);
            Expect(AuditActs.WebhookCreated);
            if (store.List() is [var oldest, _, ..])
            {
                await store.DeleteAsync(oldest.Id, Mia, Cancel);
                Expect(AuditActs.WebhookDeleted);
            }
        },
        OnWebhook((store, id) => store.ChangeAsync(id, "https://hooks.example/y", Nothing, Mia, Cancel), AuditActs.WebhookChanged),
        OnWebhook((store, id) => store.RotateAsync(id, Mia, Cancel), AuditActs.WebhookSecretRotated),
        OnWebhook((store, id) => store.SetPausedAsync(id, isPaused: true, Mia, Cancel), AuditActs.WebhookPaused, endpoint => endpoint.State == WebhookState.Active),
        OnWebhook((store, id) => store.SetPausedAsync(id, isPaused: false, Mia, Cancel), AuditActs.WebhookResumed, endpoint => endpoint.State != WebhookState.Active),
        OnWebhook((store, id) => store.StopAsync(id, WebhookState.Disabled, "410", Cancel), AuditActs.WebhookDisabled, endpoint => endpoint.State == WebhookState.Active),
        OnWebhook(
            async (store, id) =>
            {
                var test = await store.BeginTestAsync(id, Mia, Cancel);
                Expect(AuditActs.WebhookTested);
                await store.ResendAsync(id, test!.Id, Mia, Cancel);
            },
            AuditActs.WebhookResent),

        // Accounts
        async () =>
        {
            await Get<ModeratorStore>().AddAsync(NewEmail(), ModeratorRole.Observer, Mia, Cancel);
            Expect(AuditActs.AccountCreated);
        },
        async () =>
        {
            var invited = await InviteModeratorAsync();
            await Get<InvitationStore>().RemoveAsync(invited.Invitation.Id, Mia, Cancel);
            await Get<InvitationStore>().RemoveAsync(invited.Invitation.Id, Mia, Cancel); // gone already: no act
            Expect(AuditActs.AccountInvitationRevoked);
        },
        async () =>
        {
            var token = TokenOf((await InviteModeratorAsync()).PathAndQuery);
            Assert.NotEmpty((await Get<InvitationStore>().JoinAsync(token, NewEmail(), "short", null, Cancel))!); // refused
            Assert.Empty((await Get<InvitationStore>().JoinAsync(token, NewEmail(), ModeratorOfTests.Password, null, Cancel))!);
            Assert.Null(await Get<InvitationStore>().JoinAsync(token, NewEmail(), ModeratorOfTests.Password, null, Cancel)); // used up
            Expect(AuditActs.AccountCreated);
        },
        OnAccount((store, id) => store.ChangeAccessAsync(id, ModeratorRole.Moderator, Mia, Cancel), AuditActs.AccountRoleChanged),
        OnAccount((store, id) => store.SetDisabledAsync(id, isDisabled: true, Mia, Cancel), AuditActs.AccountDisabled),
        OnAccount((store, id) => store.SetDisabledAsync(id, isDisabled: false, Mia, Cancel), AuditActs.AccountEnabled),
        OnAccount((store, id) => store.EndSessionsAsync(id, Mia, Cancel), AuditActs.AccountSignedOut),
        () => Assert.ThrowsAsync<ModeratorChangeRefusedException>(() => Get<ModeratorStore>().SetDisabledAsync("nobody's", isDisabled: true, Mia, Cancel)),
        async () =>
        {
            var link = await Get<PasswordLinks>().IssueAsync((await OwnerIdAsync())!, Mia, Cancel);
            Expect(AuditActs.PasswordLinkCreated);
            Assert.Empty((await Get<PasswordLinks>().UseAsync(TokenOf(link.PathAndQuery), _password = NewPassword(), null, Cancel))!);
            Expect(AuditActs.PasswordChanged);
        },
        async () =>
        {
            using var owner = await OwnerAsync();
            using var changed = await owner.PostFormToAsync("/account", AccountEndpoints.PasswordPath, ("current", _password), ("new", NewPassword()));
            _password = NewPassword();
            Expect(AuditActs.PasswordChanged);
        },

        // Sign-in
        async () =>
        {
            using var owner = await OwnerAsync();
            using var left = await owner.PostFormToAsync("/account", ModeratorAccounts.SignOutPath);
            Expect(AuditActs.SignedOut);
        },
        async () =>
        {
            var failures = _random.Next(3);
            for (var i = failures; i > 0; i--)
                Get<FailedSignIns>().Note();
            await Get<FailedSignIns>().FlushAsync(Cancel);
            Expect(AuditActs.SignInsFailed, when: failures > 0);
        },
        async () =>
        {
            await Get<SecondFactorRule>().SetAsync(isInForce: true, Mia, Cancel);
            await Get<SecondFactorRule>().SetAsync(isInForce: true, Mia, Cancel); // the same: no act
            await Get<SecondFactorRule>().SetAsync(isInForce: false, Mia, Cancel);
            Expect(AuditActs.SecondFactorRequired);
            Expect(AuditActs.SecondFactorOptional);
        },
        async () =>
        {
            if (_recoveryCodes is not null)
                return;
            using var owner = await OwnerAsync();
            _recoveryCodes = new((await TwoFactorTests.TurnOnAsync(owner)).RecoveryCodes);
            Expect(AuditActs.SecondFactorEnabled);
        },
        async () =>
        {
            if (_recoveryCodes is null)
                return;
            using var owner = await OwnerAsync();
            _recoveryCodes = new(await TwoFactorTests.RenewAsync(owner, _password));
            Expect(AuditActs.RecoveryCodesRenewed);
        },
        async () =>
        {
            if (_recoveryCodes is null || _random.Next(2) == 0)
                return;
            using var owner = await OwnerAsync();
            using var off = await owner.PostFormAsync("/account/two-factor", "change", ("Change.Password", _password), ("Change.Act", "disable"));
            _recoveryCodes = null;
            Expect(AuditActs.SecondFactorDisabled);
        },
        async () =>
        {
            if (_recoveryCodes is null)
                return;
            await Get<ModeratorStore>().ResetSecondFactorAsync(await OwnerIdAsync(), Mia, Cancel);
            _recoveryCodes = null;
            Expect(AuditActs.SecondFactorReset);
        },
        async () =>
        {
            await using var scope = _host.Services.CreateAsyncScope();
            var accounts = scope.ServiceProvider.GetRequiredService<UserManager<ModeratorAccount>>();
            var (owner, id) = ((await accounts.FindByEmailAsync(Owner))!, Guid.NewGuid().ToByteArray());
            await accounts.AddOrUpdatePasskeyAsync(owner, new UserPasskeyInfo(id, [1], DateTimeOffset.UtcNow, 0, ["internal"], isUserVerified: true, isBackupEligible: false, isBackedUp: false, [1], [1]) { Name = "key" });
            var passkeys = scope.ServiceProvider.GetRequiredService<Passkeys>();
            await passkeys.RemoveAsync(owner, id, Mia, Cancel);
            await passkeys.RemoveAsync(owner, id, Mia, Cancel); // gone already: no act
            Expect(AuditActs.PasskeyRemoved);
        },
    ];

    /// <summary>No event of any room: nothing is sent.</summary>
    private static WebhookFilter Nothing => new([WebhookEvents.RoomPeak], ["nowhere"], []);

    private T Get<T>()
        where T : notnull => _host.Services.GetRequiredService<T>();

    private void Expect(string act, string? room = null, string? user = null, bool when = true)
    {
        if (when)
            _expected.Add((act, room, user));
    }

    private void Beat(string user, bool? handRaised = null) =>
        Assert.Equal(HeartbeatOutcome.Accepted, Get<PresenceEngine>().Heartbeat(new Heartbeat { RoomId = "stage", UserId = user, SessionId = user, HandRaised = handRaised }).Outcome);

    private async Task<StageInvitation> InviteAsync()
    {
        Beat("star");
        var (invitation, isNew) = (await Get<StageStore>().InviteAsync("stage", "star", TimeSpan.FromMinutes(5), Mia, Cancel))!.Value;
        Expect(AuditActs.InvitationCreated, "stage", "star", when: isNew);
        return invitation;
    }

    private Func<Task> OnWebhook(Func<WebhookStore, string, Task> change, string act, Func<WebhookEndpoint, bool>? changes = null) => async () =>
    {
        if (Get<WebhookStore>().List() is not [var endpoint, ..])
            return;
        await change(Get<WebhookStore>(), endpoint.Id);
        Expect(act, when: changes?.Invoke(endpoint) != false);
    };

    private Func<Task> OnAccount(Func<ModeratorStore, string, Task> change, string act) => async () =>
    {
        var others = (await Get<ModeratorStore>().ListAsync(Cancel)).Where(account => account.Email.StartsWith("new-", StringComparison.Ordinal)).ToList();
        if (others.Count == 0)
            return;
        await change(Get<ModeratorStore>(), others[_random.Next(others.Count)].Id);
        Expect(act);
    };

    private async Task<IssuedInvitation> InviteModeratorAsync()
    {
        var invited = await Get<InvitationStore>().IssueAsync("Someone new", ModeratorRole.Observer, Mia, Cancel);
        Expect(AuditActs.AccountInvited);
        return invited;
    }

    private string NewEmail() => $"new-{++_accounts}@example.com";

    private string NewPassword() => _password == ModeratorOfTests.Password ? "another horse battery" : ModeratorOfTests.Password;

    private static string TokenOf(string pathAndQuery) => pathAndQuery[(pathAndQuery.IndexOf("token=", StringComparison.Ordinal) + "token=".Length)..];

    private async Task<string> OwnerIdAsync() => (await Get<ModeratorStore>().ListAsync(Cancel)).Single(account => account.Email == Owner).Id;

    /// <summary>A browser the owner has signed in with.</summary>
    private async Task<FormVisitor> OwnerAsync()
    {
        var visitor = new FormVisitor(_host.BaseAddress);
        using var reply = await visitor.SignInAsync(Owner, _password);
        if (_recoveryCodes is not null)
        {
            Assert.Equal("/", await TwoFactorTests.EnterAsync(visitor, _recoveryCodes.Dequeue()));
            Expect(AuditActs.RecoveryCodeUsed);
        }
        Expect(AuditActs.SignedIn);
        return visitor;
    }

    private async Task EditAsync(long id, string edit)
    {
        await using var connection = new SqliteConnection($"Data Source={Path.Combine(_host.DataFolder, "presence.db")};Pooling=False");
        await connection.OpenAsync(Cancel);
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // the test's own words
        command.CommandText = $"""UPDATE "Audit" SET {edit} WHERE "Id" = {id}""";
#pragma warning restore CA2100
        Assert.Equal(1, await command.ExecuteNonQueryAsync(Cancel));
    }
}
