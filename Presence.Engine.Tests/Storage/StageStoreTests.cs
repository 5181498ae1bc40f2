using Presence.Engine.Audit;
using Presence.Engine.Moderation;
using Presence.Engine.Rooms;
using Presence.Engine.Stage;
using Presence.Engine.Storage;

namespace Presence.Engine.Tests.Storage;

public sealed class StageStoreTests : AdministrationTest
{
    private static readonly TimeSpan Within = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task InviteAsync_PresentViewer_IsInTheNextReceiptOfThatViewerAlone()
    {
        using var stage = new StageStore(Database, Engine);
        Beat("ann");
        Beat("ben");

        var (invitation, isNew) = (await stage.InviteAsync("lobby", "ann", Within, "ada", Cancel))!.Value;

        Assert.True(isNew);
        Assert.Equal((InvitationStatus.Pending, Time.GetUtcNow() + Within, "ada"), (invitation.Status, invitation.ExpiresAt, invitation.InvitedBy));
        Assert.Equal(invitation, Receipt("ann").Invitation);
        Assert.Null(Receipt("ben").Invitation);
        Assert.Null(Receipt("ann", "other").Invitation);
        Assert.Equal((invitation, false), await stage.InviteAsync("lobby", "ann", Within, "ben", Cancel));
        Assert.Null(await stage.InviteAsync("lobby", "nobody", Within, "ada", Cancel));
    }

    [Fact]
    public async Task InviteAsync_ThreeOfTwo_IsRefusedUntilOneIsOver()
    {
        using var stage = new StageStore(Database, Engine);
        foreach (var user in (string[])["ann", "ben", "cem"])
            Beat(user);
        var first = (await stage.InviteAsync("lobby", "ann", Within, "ada", Cancel))!.Value.Invitation;
        await stage.InviteAsync("lobby", "ben", Within, "ada", Cancel);

        await Assert.ThrowsAsync<StoreFullException>(() => stage.InviteAsync("lobby", "cem", Within, "ada", Cancel));
        await stage.CancelAsync("lobby", first.Id, "ada", Cancel);

        Assert.NotNull(await stage.InviteAsync("lobby", "cem", Within, "ada", Cancel));
        Assert.Equal(["ben", "cem"], Engine.InvitationsIn("lobby").Select(invitation => invitation.UserId).Order());
    }

    [Fact]
    public async Task AnswerAsync_AndCancel_AreKeptAndRecordedWithTheirActors()
    {
        using var stage = new StageStore(Database, Engine);
        Beat("ann");
        var invitation = (await stage.InviteAsync("lobby", "ann", Within, "ada", Cancel))!.Value.Invitation;

        Assert.Null(await stage.AnswerAsync("lobby", "ann", "inv_other", accepts: true, null, Cancel));
        Assert.Null(await stage.AnswerAsync("lobby", "ben", invitation.Id, accepts: true, null, Cancel));
        Assert.Equal(InvitationStatus.Accepted, (await stage.AnswerAsync("lobby", "ann", invitation.Id, accepts: true, null, Cancel))!.Status);
        Assert.Equal(InvitationStatus.Accepted, (await stage.AnswerAsync("lobby", "ann", invitation.Id, accepts: false, null, Cancel))!.Status);
        await AfterCrashAsync(async (database, engine) =>
        {
            using var again = new StageStore(database, engine);
            await again.ReloadAsync(Cancel);
            Assert.Equal(Engine.InvitationOf("lobby", "ann"), engine.InvitationOf("lobby", "ann"));
        });
        Assert.Equal(InvitationStatus.Cancelled, (await stage.CancelAsync("lobby", invitation.Id, "ada", Cancel))!.Status);
        Assert.Null(await stage.CancelAsync("elsewhere", invitation.Id, "ada", Cancel));

        var acts = await new AuditLog(Database).ListAsync(new AuditQuery(), 10, Cancel);
        Assert.Equal(
            [(AuditActs.InvitationCancelled, ActorKind.System, "ada"), (AuditActs.InvitationAnswered, ActorKind.Viewer, "the viewer"), (AuditActs.InvitationCreated, ActorKind.System, "ada")],
            acts.Select(act => (act.Act, act.ActorKind, act.Actor!)));
        Assert.All(acts, act => Assert.Equal(("lobby", "ann", invitation.Id), (act.RoomId, act.UserId, act.Object)));
    }

    [Theory]
    [InlineData("leave")]
    [InlineData("timeout")]
    [InlineData("ban")]
    public async Task Viewer_WhoIsGone_HasNoOpenInvitation(string how)
    {
        using var stage = new StageStore(Database, Engine);
        Beat("ann");
        var invitation = (await stage.InviteAsync("lobby", "ann", TimeSpan.FromHours(1), "ada", Cancel))!.Value.Invitation;
        await stage.AnswerAsync("lobby", "ann", invitation.Id, accepts: true, null, Cancel);
        var told = new List<InvitationStatus>();
        stage.Changed += (_, changed) => told.Add(changed.Invitation.Status);

        if (how == "leave")
            Engine.Leave("lobby", "ann", "");
        else if (how == "ban")
            Engine.Remove(new Removal("ann", "lobby", Time.GetUtcNow().AddHours(1), null));
        else
            Pass(seconds: 61);

        Assert.Equal((InvitationStatus.Cancelled, true), (Engine.InvitationOf("lobby", "ann")!.Status, Engine.InvitationOf("lobby", "ann")!.HasLeft));
        await stage.PassAsync(Cancel);
        Assert.Equal([InvitationStatus.Cancelled], told);
        await AfterCrashAsync(async (database, engine) =>
        {
            using var again = new StageStore(database, engine);
            await again.ReloadAsync(Cancel);
            Assert.Equal(InvitationStatus.Cancelled, engine.InvitationOf("lobby", "ann")!.Status);
        });
    }

    [Fact]
    public async Task PassAsync_AfterARestart_EndsWhoDidNotComeBack()
    {
        using (var stage = new StageStore(Database, Engine))
        {
            Beat("ann");
            await stage.InviteAsync("lobby", "ann", TimeSpan.FromHours(1), "ada", Cancel);
        }
        Time.Advance(TimeSpan.FromMinutes(10)); // nothing was flushed: nobody is restored
        await RestartAsync();
        using var again = new StageStore(Database, Engine);
        await again.ReloadAsync(Cancel);
        Assert.True(Engine.InvitationOf("lobby", "ann")!.IsOpen);

        await again.PassAsync(Cancel);

        Assert.Equal((InvitationStatus.Cancelled, true), (Engine.InvitationOf("lobby", "ann")!.Status, Engine.InvitationOf("lobby", "ann")!.HasLeft));
    }

    [Fact]
    public async Task PassAsync_Unanswered_ExpiresAndIsForgottenAnHourLater()
    {
        using var stage = new StageStore(Database, Engine);
        Beat("ann");
        var invitation = (await stage.InviteAsync("lobby", "ann", TimeSpan.FromSeconds(10), "ada", Cancel))!.Value.Invitation;
        Pass(seconds: 10);

        Assert.Equal(InvitationStatus.Expired, (await stage.AnswerAsync("lobby", "ann", invitation.Id, accepts: true, null, Cancel))!.Status);
        Assert.Null(Receipt("ann").Invitation);
        Pass(seconds: 3_600);
        await stage.PassAsync(Cancel);

        Assert.Null(Engine.InvitationOf("lobby", "ann"));
        await using var context = Database.CreateDbContext();
        Assert.Empty(context.StageInvitations);
    }

    /// <summary>Whatever happens in whatever order: one invitation a viewer, never open for who is gone, over for good, and the disk agrees after a pass.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Acts_InRandomOrder_FollowTheRules(int seed)
    {
        using var stage = new StageStore(Database, Engine);
        var random = new Random(seed);
        string[] users = ["ann", "ben"];
        var known = new Dictionary<string, StageInvitation>(StringComparer.Ordinal);
        var present = new HashSet<string>(StringComparer.Ordinal);
        for (var step = 0; step < 250; step++)
        {
            var user = users[random.Next(users.Length)];
            var latest = known.GetValueOrDefault(user);
            switch (random.Next(8))
            {
                case 0 or 1:
                    Beat(user);
                    present.Add(user);
                    break;
                case 2:
                    Engine.Leave("lobby", user, "");
                    present.Remove(user);
                    break;
                case 3:
                    var made = await stage.InviteAsync("lobby", user, TimeSpan.FromSeconds(10), "ada", Cancel);
                    Assert.Equal(present.Contains(user), made is not null);
                    Assert.True(made?.IsNew != true || latest is not { Status: InvitationStatus.Accepted }, $"seed {seed}, step {step}");
                    break;
                case 4 or 5 when latest is not null:
                    await stage.AnswerAsync("lobby", user, latest.Id, accepts: random.Next(2) == 0, null, Cancel);
                    break;
                case 6 when latest is not null:
                    await stage.CancelAsync("lobby", latest.Id, "ada", Cancel);
                    break;
                default:
                    foreach (var here in present)
                        Beat(here);
                    Pass(seconds: 4);
                    await stage.PassAsync(Cancel);
                    break;
            }
            foreach (var name in users)
            {
                var (before, now) = (known.GetValueOrDefault(name), Engine.InvitationOf("lobby", name));
                Assert.False(now is { IsOpen: true } && !present.Contains(name), $"seed {seed}, step {step}: {name} is invited and gone");
                if (before is not null && now?.Id == before.Id && now.Status != before.Status)
                    Assert.True(Enum.GetValues<InvitationAct>().Any(act => InvitationRules.Next(before.Status, act) == now.Status), $"seed {seed}, step {step}: {before.Status} to {now.Status}");
                Assert.True(before is not { IsOpen: true } || now?.Id == before.Id || before.Remaining(Time.GetUtcNow()) == TimeSpan.Zero, $"seed {seed}, step {step}: an open one was replaced");
                if (now is not null)
                    known[name] = now;
            }
        }
        await stage.PassAsync(Cancel);
        await using var context = Database.CreateDbContext();
        Assert.Equal(
            Engine.InvitationsIn("lobby").Select(invitation => (invitation.Id, invitation.Status)).Order(),
            context.StageInvitations.AsEnumerable().Select(row => (row.Id, row.Status)).Order());
    }

    private void Pass(int seconds)
    {
        for (var i = 0; i < seconds; i++)
        {
            Time.Advance(TimeSpan.FromSeconds(1));
            Engine.Sweep();
        }
    }

    private void Beat(string user) => Assert.Equal(HeartbeatOutcome.Accepted, Receipt(user).Outcome);

    private HeartbeatReceipt Receipt(string user, string room = "lobby") => Engine.Heartbeat(new Heartbeat { RoomId = room, UserId = user, SessionId = "" });
}
