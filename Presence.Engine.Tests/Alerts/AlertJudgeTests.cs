using System.Diagnostics;
using Presence.Engine.Alerts;

namespace Presence.Engine.Tests.Alerts;

public sealed class AlertJudgeTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 30, 20, 0, 0, TimeSpan.Zero);

    private readonly AlertJudge _judge = new();
    private DateTimeOffset _now = Start;

    [Fact]
    public void Judge_CountAroundTheLine_IsOneAlertUntilItIsOutOfItsBandForAMinute()
    {
        Rules(new AlertRule { Kind = AlertKind.Above, RoomId = "lobby", Amount = 150 });

        Assert.Equal(["raised 151"], For(30, 151));
        Assert.Empty(For(120, 149)); // not below 135 yet
        Assert.Empty(For(30, 130));
        Assert.Equal(["again 151"], For(10, 151));
        Assert.Equal(["over 130"], For(65, 130));
        Assert.Equal(["raised 160"], For(10, 160));
    }

    [Fact]
    public void Judge_OnePassAboveTheLine_IsNotRaised()
    {
        Rules(new AlertRule { Kind = AlertKind.Above, RoomId = "lobby", Amount = 150 });

        Assert.Empty(For(5, 151));
        Assert.Empty(For(5, 150));
        Assert.Empty(For(5, 151));
    }

    [Fact]
    public void Judge_FallsWithinItsTime_IsRaisedAndSlowFallsAreNot()
    {
        Rules(new AlertRule { Kind = AlertKind.Falls, RoomId = "lobby", Amount = 25, Minutes = 1, Least = 20 });

        Assert.Empty(For(60, 100));
        Assert.Empty(Enumerable.Range(0, 60).SelectMany(step => For(5, 100 - step)).ToArray()); // 12 a minute
        Assert.Equal(["raised 10"], For(60, 10));
        Assert.Equal(["over 10"], For(75, 10)); // fell, and stands
    }

    [Fact]
    public void Judge_SmallRoomFalls_IsLeftAlone()
    {
        Rules(new AlertRule { Kind = AlertKind.Falls, Prefix = "", Amount = 25, Minutes = 1, Least = 20 });

        Assert.Empty(For(60, 19));
        Assert.Empty(For(60, 0));
    }

    [Fact]
    public void Judge_RulesByPrefixForBelowAndEmpty_TakeOnlyRoomsThatWereMore()
    {
        Rules(new AlertRule { Kind = AlertKind.Below, Prefix = "lob", Amount = 10 }, new AlertRule { Kind = AlertKind.Empty, Prefix = "lob", Minutes = 5 });

        Assert.Empty(For(600, 0));
        Assert.Empty(For(60, 3)); // small from the beginning
        Assert.Empty(For(60, 10));
        Assert.Equal(["raised 9"], For(60, 9));
        Assert.Equal(["raised 0"], For(310, 0));
        Assert.Equal(["over 11", "over 11"], For(120, 11));
    }

    [Fact]
    public void Judge_NamedRoomThatNobodyKnows_IsEmptyAfterItsTime()
    {
        Rules(new AlertRule { Kind = AlertKind.Empty, RoomId = "lobby", Minutes = 1 });

        Assert.Equal(["raised 0"], For(120, null));
    }

    [Fact]
    public void Judge_ServerWarms_RaisesNothingAndRemembersTheCounts()
    {
        Rules(new AlertRule { Kind = AlertKind.Falls, RoomId = "lobby", Amount = 25, Minutes = 1, Least = 20 });

        Assert.Empty(For(30, 100, isWarming: true));
        Assert.Empty(For(10, 50, isWarming: true));
        Assert.Equal(["raised 50"], For(10, 50));
    }

    [Fact]
    public void Judge_Resumed_IsNotRaisedAgainAndIsOverOnce()
    {
        Rules(new AlertRule { Kind = AlertKind.Above, RoomId = "lobby", Amount = 150 });
        _judge.Resume("rule 0", "lobby");

        Assert.Empty(For(60, 200));
        Assert.Equal(["over 20"], For(120, 20));
    }

    [Fact]
    public void Judge_RoomsThatEmptied_AreForgottenOnceNothingIsKnownOfThem()
    {
        Rules(new AlertRule { Kind = AlertKind.Falls, Prefix = "", Amount = 90, Minutes = 1, Least = 20 });

        For(30, 10);
        Assert.Equal(1, _judge.Remembered);
        For(90, null);
        Assert.Equal(0, _judge.Remembered);
    }

    [Fact]
    public void Enter_RoomsOfOneRuleWithinAMinute_AreOneAlertThatIsOverWithTheLast()
    {
        var rule = new AlertRule { Id = "rule", Kind = AlertKind.Falls, Prefix = "stage-", Amount = 25, Minutes = 1 };
        var other = rule with { Id = "other", Prefix = "" };
        var book = new AlertBook([], 7);

        var alert = Assert.Single(book.Enter([new(rule, "stage-1", AlertStepKind.Raised, 100, 50), new(other, "stage-1", AlertStepKind.Raised, 100, 50)], Start));
        Assert.Equal((7, "stage-1", 1), (alert.Id, alert.RoomId, alert.Rooms));
        alert = Assert.Single(book.Enter([new(rule, "stage-2", AlertStepKind.Raised, 40, 20)], Start.AddSeconds(50)));
        Assert.Equal((7, 2, 140, 70), (alert.Id, alert.Rooms, alert.Before, alert.Now));
        Assert.Equal(8, Assert.Single(book.Enter([new(rule, "stage-3", AlertStepKind.Raised, 40, 20)], Start.AddMinutes(3))).Id);

        Assert.True(Assert.Single(book.Enter([new(rule, "stage-1", AlertStepKind.Over, 0, 90), new(other, "stage-1", AlertStepKind.Over, 0, 90)], Start.AddMinutes(4))).IsOpen);
        alert = Assert.Single(book.Enter([new(rule, "stage-2", AlertStepKind.Over, 0, 30)], Start.AddMinutes(5)));
        Assert.Equal((Start.AddMinutes(5), 120), (alert.OverAt, alert.Last));
        Assert.Equal([8], book.Open.Select(open => open.Id));
    }

    [Fact]
    public void Judge_HundredRulesAndTenThousandRooms_AllocatesNothingOnceItKnowsThem()
    {
        Rules([.. Enumerable.Range(0, AlertRules.Most).Select(number => new AlertRule
        {
            Kind = (AlertKind)(number % 4),
            Prefix = number % 2 == 0 ? "" : $"room-{number % 10}",
            Amount = number % 4 < 2 ? 50 : number % 4 == 2 ? 10_000 : 1,
            Minutes = AlertRules.Windows[number % AlertRules.Windows.Length],
            Least = 20,
        })]);
        var rooms = Enumerable.Range(0, 10_000).Select(number => new RoomFigure($"room-{number}", 50 + (number % 7))).ToArray();
        var steps = new List<AlertStep>();
        Pass();
        Pass();

        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var began = Stopwatch.GetTimestamp();
        for (var pass = 0; pass < 5; pass++)
            Pass();
        TestContext.Current.TestOutputHelper?.WriteLine($"{Stopwatch.GetElapsedTime(began).TotalMilliseconds / 5:0.0} ms a pass");

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - allocated, 0, 20_000);
        Assert.Empty(steps);

        void Pass() => _judge.Judge(new PresenceFigures(_now = _now.AddSeconds(5), 1_000, 0, rooms, IsWarming: false), steps);
    }

    [Fact]
    public void Rehearse_CurveWithADrop_SaysWhenItWouldHaveBeenRaised()
    {
        var rule = new AlertRule { Kind = AlertKind.Falls, RoomId = "lobby", Amount = 25, Minutes = 2, Least = 20 };
        var minutes = Enumerable.Range(0, 60).Select(minute => (Start.AddMinutes(minute), minute is >= 20 and < 40 ? 60 : 100));

        Assert.Equal([Start.AddMinutes(20)], AlertWatch.Rehearse(rule, minutes));
    }

    [Fact]
    public void Problems_OfRules_NameTheField()
    {
        Assert.Empty(AlertRules.Problems(new AlertRule { Kind = AlertKind.Falls, Prefix = "", Amount = 25, Minutes = 1 }));
        Assert.Equal(["prefix"], FieldsOf(new AlertRule { Kind = AlertKind.Off, RoomId = "a", Prefix = "b" }));
        Assert.Equal(["amount", "minutes"], FieldsOf(new AlertRule { Kind = AlertKind.Falls, Amount = 101, Minutes = 3 }));
        Assert.Equal(["amount"], FieldsOf(new AlertRule { Kind = AlertKind.Above }));
        Assert.Equal(["minutes"], FieldsOf(new AlertRule { Kind = AlertKind.Empty }));
        Assert.Equal(["roomId"], FieldsOf(new AlertRule { Kind = AlertKind.Refused, Amount = 5, RoomId = "a" }));
        Assert.Equal(["least"], FieldsOf(new AlertRule { Kind = AlertKind.Off, Least = -1 }));

        static IEnumerable<string> FieldsOf(AlertRule rule) => AlertRules.Problems(rule).Select(problem => problem.Field);
    }

    private void Rules(params AlertRule[] rules) => _judge.Apply([.. rules.Select((rule, number) => rule with { Id = "rule " + number })]);

    /// <summary>Judges every 5 s for so long; null leaves the room out.</summary>
    private string[] For(int seconds, int? viewers, bool isWarming = false)
    {
        var steps = new List<AlertStep>();
        for (var passed = 0; passed < seconds; passed += 5)
        {
            _now = _now.AddSeconds(5);
            _judge.Judge(new PresenceFigures(_now, 0, 0, viewers is { } count ? [new RoomFigure("lobby", count)] : [], isWarming), steps);
        }
        return [.. steps.Select(step => $"{step.Kind.ToString().ToLowerInvariant()} {step.Now}")];
    }
}
