using Presence.Dashboard.Tests.Support;
using Presence.Engine.Tests.Support;

namespace Presence.Dashboard.Tests.Security;

/// <summary>Every token of <see cref="TokenCorpus"/> is answered as its row says, and none is a fault.</summary>
public sealed class TokenCorpusTests(CorpusServers servers) : IClassFixture<CorpusServers>
{
    public static TheoryData<string> Names => [.. TokenCorpus.All.Select(token => token.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Beat_WithATokenOfTheCorpus_IsAnsweredAsItsRowSays(string name)
    {
        var row = TokenCorpus.All.Single(token => token.Name == name);
        var host = servers[row.Server];
        var token = row.Make(servers.Keys);

        for (var time = 0; time < 2; time++) // the second time a token that was taken comes from the cache
        {
            var answer = await host.PostAsync("/api/v1/presence/heartbeats", json: """{"heartbeats":[]}""", headers: ("Authorization", "Bearer " + token));
            if (row.Refusal is null)
            {
                Assert.Equal((202, ""), (answer.Status, answer.Status == 202 ? "" : answer.Body));
                continue;
            }
            answer.IsRefusal(401, 400100);
            Assert.Contains(row.Refusal, answer.Message, StringComparison.Ordinal);
        }
        Assert.Empty(host.Log.Faults);
    }

    [Fact]
    public void Corpus_HoldsEnoughAndNothingTwice()
    {
        Assert.True(TokenCorpus.All.Count >= 250, $"{TokenCorpus.All.Count} tokens");
        Figure.Tell($"{TokenCorpus.All.Count(token => token.Refusal is not null):N0} hostile tokens and {TokenCorpus.All.Count(token => token.Refusal is null):N0} good ones, each sent twice: all answered as documented");
        Assert.Distinct(TokenCorpus.All.Select(token => token.Name));
        Assert.Distinct(TokenCorpus.All.Where(token => token.Refusal is not null).Select(token => token.Server + token.Make(servers.Keys)));
    }
}
