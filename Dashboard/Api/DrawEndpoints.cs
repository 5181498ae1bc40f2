using System.ComponentModel.DataAnnotations;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Api.OpenApi;
using Presence.Dashboard.Authentication;
using Presence.Engine;
using Presence.Engine.Stage;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Api;

/// <summary>Fair draws among the viewers of a room.</summary>
internal sealed class DrawEndpoints(DrawStore draws)
{
    private const string OfRoom = "/api/v1/admin/rooms/{roomId}/draws";

    public static void Map(IEndpointRouteBuilder api)
    {
        var endpoints = ActivatorUtilities.CreateInstance<DrawEndpoints>(api.ServiceProvider);
        var read = ApiPolicy.Server.With(ServerScopes.Read | ServerScopes.Moderation);
        var write = ApiPolicy.Server.With(ServerScopes.Moderation);
        api.MapPost(OfRoom, endpoints.PrepareAsync).Allow(write)
            .WithName("prepareDraw").Reads<DrawRequest>().Produces<DrawDocument>(StatusCodes.Status201Created);
        api.MapPost(OfRoom + "/{drawId}/draw", endpoints.DrawAsync).Allow(write)
            .WithName("draw").Produces<DrawDocument>().Refuses(ApiError.NotFound, ApiError.CapReached);
        api.MapGet(OfRoom, endpoints.ListAsync).Allow(read).WithName("listDraws").Produces<DrawsReply>();
        api.MapGet(OfRoom + "/{drawId}", endpoints.ReadAsync).Allow(read).WithName("getDraw").Produces<DrawDocument>().Refuses(ApiError.NotFound);
    }

    /// <summary>Prepare a fair draw</summary>
    /// <remarks>Fixes a random seed and returns its SHA-256. Publish <c>seedHash</c> before you draw. Nothing of the draw can be changed afterwards.</remarks>
    /// <response code="201">The draw, without its seed.</response>
    internal async ValueTask<IResult> PrepareAsync(HttpContext http, string roomId)
    {
        var request = await JsonBody.ReadAsync(http, ApiJson.Documents.DrawRequest);
        if (request.Winners is not (>= 1 and <= DrawRules.MostWinners))
            return ApiProblem.Invalid("winners", $"must be from 1 to {DrawRules.MostWinners}.");
        if (request.PresentForMinutes is < 0 or > DrawRules.MostMinutes)
            return ApiProblem.Invalid("presentForMinutes", $"must be from 0 to {DrawRules.MostMinutes}. You can leave it out.");
        if (!ViewerStates.TryParse(request.State, out var state))
            return ApiProblem.Invalid(ViewerStates.Rule);
        if (request.Search?.Length is 0 or > PresenceLimits.SearchLength)
            return ApiProblem.Invalid("search", $"must have 1 to {PresenceLimits.SearchLength} characters. You can leave it out.");
        if (request.Device?.Length is 0 or > PresenceLimits.SearchLength)
            return ApiProblem.Invalid("device", $"must have 1 to {PresenceLimits.SearchLength} characters. You can leave it out.");
        var filter = new DrawFilter(request.PresentForMinutes ?? 0, request.State is null ? null : state, request.Guests, request.HandRaised, request.Search, request.Device);
        var draw = await draws.PrepareAsync(roomId, request.Winners.Value, filter, http.Actor(), http.RequestAborted);
        return Reply.Created(DrawDocument.Of(draw), ApiJson.Documents.DrawDocument, $"/api/v1/admin/rooms/{Uri.EscapeDataString(roomId)}/draws/{draw.Id}");
    }

    /// <summary>Draw the winners</summary>
    /// <remarks>Among the viewers who match now, once: a second call returns the same draw. The reply has the seed, all candidates and the winners, so that anybody can check it.</remarks>
    /// <response code="200">The draw.</response>
    internal async Task<IResult> DrawAsync(HttpContext http, string roomId, string drawId) => Answer(await draws.DrawAsync(roomId, drawId, http.Actor(), http.RequestAborted));

    /// <summary>List a room's draws</summary>
    /// <remarks>Newest first, without candidates. The server keeps the latest 100 of all rooms.</remarks>
    /// <response code="200">The draws.</response>
    internal async Task<IResult> ListAsync(HttpContext http, string roomId) =>
        Reply.Ok(new DrawsReply([.. (await draws.ListAsync(roomId, http.RequestAborted)).Select(draw => DrawDocument.Of(draw) with { Candidates = null })]), ApiJson.Documents.DrawsReply);

    /// <summary>Read a draw</summary>
    /// <response code="200">The draw.</response>
    internal async Task<IResult> ReadAsync(HttpContext http, string roomId, string drawId) => Answer(await draws.FindAsync(roomId, drawId, http.RequestAborted));

    private static IResult Answer(FairDraw? draw) =>
        draw is null ? new ApiProblem(ApiError.NotFound, "This room has no draw with this id.") : Reply.Ok(DrawDocument.Of(draw), ApiJson.Documents.DrawDocument);
}

/// <summary>How many to draw, and who takes part.</summary>
/// <param name="Winners">How many to draw.</param>
/// <param name="PresentForMinutes">Only viewers who have been present for longer. Default: all.</param>
/// <param name="State">Only viewers in this state. Default: all.</param>
/// <param name="Guests">True for guests only, false for users only. Default: both.</param>
/// <param name="HandRaised">True for viewers with a raised hand only, false for those without. Default: both.</param>
/// <param name="Search">Part of the id or the name. Default: all.</param>
/// <param name="Device">Part of the device and app version. Default: all.</param>
/// <example>{"winners":3,"presentForMinutes":10}</example>
internal sealed record DrawRequest(
    [property: Required, Range(1, DrawRules.MostWinners)] int? Winners,
    [property: Range(0, DrawRules.MostMinutes)] int? PresentForMinutes,
    [property: AllowedValues("visible", "hidden", "paused")] string? State,
    bool? Guests,
    bool? HandRaised,
    [property: MinLength(1), MaxLength(PresenceLimits.SearchLength)] string? Search,
    [property: MinLength(1), MaxLength(PresenceLimits.SearchLength)] string? Device) : AdministrationRequest;

/// <summary>A draw. What can be known only after it is absent before.</summary>
/// <param name="Id">The id.</param>
/// <param name="RoomId">The room.</param>
/// <param name="SeedHash">SHA-256 of the seed's text, in hexadecimal. Known before the draw.</param>
/// <param name="Winners">How many were to be drawn.</param>
/// <param name="PresentForMinutes">Who takes part: viewers present for longer.</param>
/// <param name="State">Who takes part: viewers in this state.</param>
/// <param name="Guests">Who takes part: guests only, or users only.</param>
/// <param name="HandRaised">Who takes part: viewers with a raised hand, or without.</param>
/// <param name="Search">Who takes part: part of the id or the name.</param>
/// <param name="Device">Who takes part: part of the device and app version.</param>
/// <param name="PreparedAt">When the seed was fixed.</param>
/// <param name="PreparedBy">Who prepared it.</param>
/// <param name="DrawnAt">When it was drawn.</param>
/// <param name="Algorithm">How the winners follow from seed and candidates.</param>
/// <param name="Seed">The seed.</param>
/// <param name="CandidateCount">How many took part.</param>
/// <param name="CandidatesHash">SHA-256 of the candidates' ids, each followed by a line feed.</param>
/// <param name="Candidates">The ids of all who took part, in the order of their UTF-8 bytes.</param>
/// <param name="Drawn">The winners, in the order of drawing.</param>
/// <param name="Erased">How many candidates were erased since. Their ids are gone, and the hash no longer matches.</param>
/// <example>{"id":"7","roomId":"lobby","seedHash":"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08","winners":3,"presentForMinutes":10,"preparedAt":"2026-11-21T22:40:00.000Z","preparedBy":"server key"}</example>
internal sealed record DrawDocument(
    string Id,
    string RoomId,
    string SeedHash,
    int Winners,
    int PresentForMinutes,
    [property: AllowedValues("visible", "hidden", "paused")] string? State,
    bool? Guests,
    bool? HandRaised,
    string? Search,
    string? Device,
    DateTimeOffset PreparedAt,
    string PreparedBy,
    DateTimeOffset? DrawnAt,
    string? Algorithm,
    string? Seed,
    int? CandidateCount,
    string? CandidatesHash,
    IReadOnlyList<string>? Candidates,
    IReadOnlyList<string>? Drawn,
    int? Erased)
{
    public static DrawDocument Of(FairDraw draw)
    {
        var isDrawn = draw.DrawnAt is not null;
        return new(
            draw.Id, draw.RoomId, draw.SeedHash, draw.Winners, draw.Filter.PresentForMinutes, draw.Filter.State is { } state ? ViewerStates.Word(state) : null, draw.Filter.IsGuest, draw.Filter.IsHandRaised,
            draw.Filter.Search, draw.Filter.Device, draw.PreparedAt, draw.PreparedBy, draw.DrawnAt, isDrawn ? DrawRules.Algorithm : null, draw.Seed, isDrawn ? draw.CandidateCount : null, draw.CandidatesHash, isDrawn ? draw.Candidates : null, isDrawn ? draw.Drawn : null,
            draw.Erased > 0 ? draw.Erased : null);
    }
}

/// <summary>A room's draws.</summary>
/// <param name="Draws">Newest first.</param>
/// <example>{"draws":[{"id":"7","roomId":"lobby","seedHash":"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08","winners":3,"presentForMinutes":10,"preparedAt":"2026-11-21T22:40:00.000Z","preparedBy":"server key"}]}</example>
internal sealed record DrawsReply(IReadOnlyList<DrawDocument> Draws);
