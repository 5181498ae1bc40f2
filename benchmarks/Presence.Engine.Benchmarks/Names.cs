namespace Presence.Engine.Benchmarks;

/// <summary>User ids, and a random order to meet them in: the same for the baseline and for what is measured.</summary>
internal sealed class Names
{
    public Names(int count)
    {
        Users = new string[count];
        for (var user = 0; user < count; user++)
            Users[user] = $"user-{user:D7}-{user * 7919L % 997}";
        Order = new int[count];
        for (var place = 0; place < count; place++)
            Order[place] = place;
        new Random(20_261_121).Shuffle(Order);
    }

    public string[] Users { get; }

    public int[] Order { get; }
}
