using System.ComponentModel.DataAnnotations;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Api.OpenApi;
using Presence.Dashboard.Authentication;
using Presence.Engine;
using Presence.Engine.Stage;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Api;

/// <summary>Inviting viewers to a room's stage as co-hosts, and their answers.</summary>
internal sealed class InvitationEndpoints(StageStore stages, IPresence presence, TimeProvider time)
{
    private const string OfViewer = "/api/v1/presence/rooms/{roomId}/invitation";
    private const string OfRoom = "/api/v1/admin/rooms/{roomId}/invitations";
    private const int UserSegment = 6;

    /// <summary>What viewers do, as the subject of their token.</summary>
    public static void MapViewers(IEndpointRouteBuilder api)
    {
        var endpoints = ActivatorUtilities.CreateInstance<InvitationEndpoints>(api.ServiceProvider);
        api.MapGet(OfViewer, endpoints.ReadOwn).Allow(ApiPolicy.Viewer).AllowRemovedUsers()
            .WithName("getInvitation").Produces<InvitationDocument>().Refuses(ApiError.NotFound);
        api.MapPost(OfViewer + "/{invitationId}/accept", endpoints.AcceptAsync).Allow(ApiPolicy.Viewer)
            .WithName("acceptInvitation").Produces<InvitationDocument>().Refuses(ApiError.NotFound, ApiError.InvitationOver, ApiError.Removed, ApiError.Banned);
        api.MapPost(OfViewer + "/{invitationId}/reject", endpoints.RejectAsync).Allow(ApiPolicy.Viewer)
            .WithName("rejectInvitation").Produces<InvitationDocument>().Refuses(ApiError.NotFound, ApiError.InvitationOver, ApiError.Removed, ApiError.Banned);
    }

    /// <summary>What the host app does.</summary>
    public static void Map(IEndpointRouteBuilder api)
    {
        var endpoints = ActivatorUtilities.CreateInstance<InvitationEndpoints>(api.ServiceProvider);
        api.MapPost(OfRoom, endpoints.InviteAsync).Allow(ApiPolicy.Server.With(ServerScopes.Moderation))
            .WithName("inviteToStage").Reads<InvitationRequest>().Produces<RoomInvitationDocument>(StatusCodes.Status201Created).Refuses(ApiError.NotFound, ApiError.CapReached);
        api.MapGet(OfRoom, endpoints.List).Allow(ApiPolicy.Server.With(ServerScopes.Read | ServerScopes.Moderation))
            .WithName("listInvitations").Produces<RoomInvitationsReply>();
        api.MapDelete(OfRoom + "/{invitationId}", endpoints.CancelAsync).Allow(ApiPolicy.Server.With(ServerScopes.Moderation))
            .WithName("cancelInvitation").Produces(StatusCodes.Status204NoContent).Refuses(ApiError.NotFound);
        api.MapDelete("/api/v1/admin/rooms/{roomId}/hands", endpoints.LowerAllAsync).Allow(ApiPolicy.Server.With(ServerScopes.Moderation))
            .WithName("lowerHands").Produces(StatusCodes.Status204NoContent);
        api.MapDelete("/api/v1/admin/rooms/{roomId}/hands/{userId}", endpoints.LowerAsync).Allow(ApiPolicy.Server.With(ServerScopes.Moderation))
            .WithName("lowerHand").Produces(StatusCodes.Status204NoContent);
    }

    /// <summary>Read your invitation to the stage</summary>
    /// <remarks>The caller's latest invitation in the room, also one that is over, for an hour. Heartbeat replies carry it while it is open.</remarks>
    /// <response code="200">The invitation.</response>
    internal IResult ReadOwn(HttpContext http, string roomId) =>
        presence.InvitationOf(roomId, http.Caller().UserId) is { } invitation ? Reply.Ok(InvitationDocument.Of(invitation, time.GetUtcNow()), ApiJson.Documents.InvitationDocument) : NotInvited;

    /// <summary>Accept an invitation to the stage</summary>
    /// <remarks>
    /// As the subject of the token: an invitation of somebody else doesn't exist for the caller. Accepting twice is fine. When the
    /// reply arrives, the answer is saved and in effect. The viewer stays on the stage until it leaves the room or is taken off.
    /// </remarks>
    /// <response code="200">The invitation, accepted.</response>
    internal Task<IResult> AcceptAsync(HttpContext http, string roomId, string invitationId) => AnswerAsync(http, roomId, invitationId, accepts: true);

    /// <summary>Reject an invitation to the stage</summary>
    /// <remarks>As the subject of the token. Rejecting twice is fine. When the reply arrives, the answer is saved and in effect.</remarks>
    /// <response code="200">The invitation, rejected.</response>
    internal Task<IResult> RejectAsync(HttpContext http, string roomId, string invitationId) => AnswerAsync(http, roomId, invitationId, accepts: false);

    /// <summary>Invite a viewer to the stage</summary>
    /// <remarks>
    /// As co-host. The viewer must be present. It hears of the invitation in the reply to its next heartbeat and at once on its own
    /// streams of the room; nobody else does. A viewer has at most one open invitation in a room: if there is one, the reply is 200 with that one.
    /// It ends when the viewer leaves the room.
    /// </remarks>
    /// <response code="201">The invitation.</response>
    internal async ValueTask<IResult> InviteAsync(HttpContext http, string roomId)
    {
        var request = await JsonBody.ReadAsync(http, ApiJson.Documents.InvitationRequest);
        if (request.UserId is null)
            return ApiProblem.Invalid("userId is missing.");
        if (PresenceIds.ProblemOfUserId(request.UserId) is { } userProblem)
            return ApiProblem.Invalid(userProblem);
        if (request.ExpiresInSeconds is { } seconds && InvitationRules.ProblemOfSeconds(seconds) is { } problem)
            return ApiProblem.Invalid(problem);

        var within = request.ExpiresInSeconds is { } length ? TimeSpan.FromSeconds(length) : InvitationRules.Default;
        if (await stages.InviteAsync(roomId, request.UserId, within, http.Actor(), http.RequestAborted) is not var (invitation, isNew))
            return new ApiProblem(ApiError.NotFound, "This user isn't present in the room. Invite a viewer who is.");
        var document = RoomInvitationDocument.Of(invitation);
        return isNew
            ? Reply.Created(document, ApiJson.Documents.RoomInvitationDocument, $"/api/v1/admin/rooms/{Uri.EscapeDataString(roomId)}/invitations")
            : Reply.Ok(document, ApiJson.Documents.RoomInvitationDocument);
    }

    /// <summary>List a room's invitations to the stage</summary>
    /// <remarks>The latest of each viewer, oldest first: open ones, and those that ended within the last hour. Who is on the stage is <c>accepted</c>.</remarks>
    /// <response code="200">The invitations.</response>
    internal IResult List(string roomId) =>
        Reply.Ok(new RoomInvitationsReply([.. presence.InvitationsIn(roomId).Select(RoomInvitationDocument.Of)]), ApiJson.Documents.RoomInvitationsReply);

    /// <summary>Cancel an invitation, or take a viewer off the stage</summary>
    /// <remarks>Also 204 if it is over already. When the reply arrives, the change is saved and in effect.</remarks>
    /// <response code="204">The invitation is over.</response>
    internal async Task<IResult> CancelAsync(HttpContext http, string roomId, string invitationId) =>
        await stages.CancelAsync(roomId, invitationId, http.Actor(), http.RequestAborted) is null ? new ApiProblem(ApiError.NotFound, "This room has no invitation with this id.") : Results.NoContent();

    /// <summary>Lower all raised hands of a room</summary>
    /// <remarks>A hand stays down until its viewer takes it down and raises it again. Also 204 if none was raised.</remarks>
    /// <response code="204">No hand is raised.</response>
    internal async Task<IResult> LowerAllAsync(HttpContext http, string roomId)
    {
        await stages.LowerHandsAsync(roomId, null, http.Actor(), http.RequestAborted);
        return Results.NoContent();
    }

    /// <summary>Lower a viewer's raised hand</summary>
    /// <remarks>It stays down until the viewer takes it down and raises it again. Also 204 if it wasn't raised.</remarks>
    /// <response code="204">The hand isn't raised.</response>
    internal async Task<IResult> LowerAsync(HttpContext http, string roomId, string userId)
    {
        var named = RawRoute.Segment(http, UserSegment, userId);
        if (PresenceIds.ProblemOfUserId(named) is { } problem)
            return ApiProblem.Invalid(problem);
        await stages.LowerHandsAsync(roomId, named, http.Actor(), http.RequestAborted);
        return Results.NoContent();
    }

    private static ApiProblem NotInvited => new(ApiError.NotFound, "There is no such invitation for this user in this room.");

    private async Task<IResult> AnswerAsync(HttpContext http, string roomId, string invitationId, bool accepts)
    {
        var address = http.RequestServices.GetRequiredService<AddressHashes>().Of(http.Connection.RemoteIpAddress);
        if (await stages.AnswerAsync(roomId, http.Caller().UserId, invitationId, accepts, address, http.RequestAborted) is not { } invitation)
            return NotInvited;
        return invitation.Status == (accepts ? InvitationStatus.Accepted : InvitationStatus.Rejected)
            ? Reply.Ok(InvitationDocument.Of(invitation, time.GetUtcNow()), ApiJson.Documents.InvitationDocument)
            : new ApiProblem(ApiError.InvitationOver, $"This invitation is {InvitationDocument.Word(invitation.Status)} already.", InvitationDocument.Word(invitation.Status));
    }
}

/// <summary>The viewer to invite.</summary>
/// <param name="UserId">The viewer. For a guest, the id shown in the lists.</param>
/// <param name="ExpiresInSeconds">How long it can be answered. Default: 120.</param>
/// <example>{"userId":"anna","expiresInSeconds":120}</example>
internal sealed record InvitationRequest(
    [property: Required, MinLength(1), MaxLength(PresenceIds.LongestUserId)] string? UserId,
    [property: Range(InvitationRules.ShortestSeconds, InvitationRules.LongestSeconds)] int? ExpiresInSeconds) : AdministrationRequest;

/// <summary>An invitation, as the invited viewer sees it.</summary>
/// <param name="Id">The id to answer it with.</param>
/// <param name="RoomId">The room.</param>
/// <param name="Status">What became of it. <c>accepted</c>: the viewer is on the stage.</param>
/// <param name="InvitedAt">When it was made.</param>
/// <param name="ExpiresAt">Until when it can be answered.</param>
/// <param name="ExpiresInSeconds">The same from now, for clients whose clock is wrong. Absent unless pending.</param>
/// <example>{"id":"inv_5f0c1d2e3a4b5c6d","roomId":"lobby","status":"pending","invitedAt":"2026-11-21T22:40:00.000Z","expiresAt":"2026-11-21T22:42:00.000Z","expiresInSeconds":118.2}</example>
internal sealed record InvitationDocument(
    string Id,
    string RoomId,
    [property: AllowedValues("pending", "accepted", "rejected", "cancelled", "expired")] string Status,
    DateTimeOffset InvitedAt,
    DateTimeOffset ExpiresAt,
    double? ExpiresInSeconds)
{
    public static InvitationDocument Of(StageInvitation invitation, DateTimeOffset now) => new(
        invitation.Id, invitation.RoomId, Word(invitation.Status), invitation.InvitedAt, invitation.ExpiresAt, invitation.Status == InvitationStatus.Pending ? Math.Round(invitation.Remaining(now).TotalSeconds, 1) : null);

    public static string Word(InvitationStatus status) => status switch
    {
        InvitationStatus.Pending => "pending",
        InvitationStatus.Accepted => "accepted",
        InvitationStatus.Rejected => "rejected",
        InvitationStatus.Expired => "expired",
        _ => "cancelled",
    };
}

/// <summary>An invitation, as the host sees it.</summary>
/// <param name="Id">The id.</param>
/// <param name="UserId">The viewer.</param>
/// <param name="Status">What became of it. <c>accepted</c>: the viewer is on the stage.</param>
/// <param name="InvitedAt">When it was made.</param>
/// <param name="InvitedBy">Who invited.</param>
/// <param name="ExpiresAt">Until when it can be answered.</param>
/// <param name="AcceptedAt">When the viewer accepted.</param>
/// <param name="EndedAt">When it was over. Absent while it is open.</param>
/// <param name="Left">True if it is over because the viewer left the room, or was removed. Absent otherwise.</param>
/// <example>{"id":"inv_5f0c1d2e3a4b5c6d","userId":"anna","status":"pending","invitedAt":"2026-11-21T22:40:00.000Z","invitedBy":"server key","expiresAt":"2026-11-21T22:42:00.000Z"}</example>
internal sealed record RoomInvitationDocument(
    string Id,
    string UserId,
    [property: AllowedValues("pending", "accepted", "rejected", "cancelled", "expired")] string Status,
    DateTimeOffset InvitedAt,
    string InvitedBy,
    DateTimeOffset ExpiresAt,
    DateTimeOffset? AcceptedAt,
    DateTimeOffset? EndedAt,
    bool? Left)
{
    public static RoomInvitationDocument Of(StageInvitation invitation) => new(
        invitation.Id, invitation.UserId, InvitationDocument.Word(invitation.Status), invitation.InvitedAt, invitation.InvitedBy, invitation.ExpiresAt, invitation.AcceptedAt, invitation.EndedAt, invitation.HasLeft ? true : null);
}

/// <summary>A room's invitations.</summary>
/// <param name="Invitations">Oldest first.</param>
/// <example>{"invitations":[{"id":"inv_5f0c1d2e3a4b5c6d","userId":"anna","status":"pending","invitedAt":"2026-11-21T22:40:00.000Z","invitedBy":"server key","expiresAt":"2026-11-21T22:42:00.000Z"}]}</example>
internal sealed record RoomInvitationsReply(IReadOnlyList<RoomInvitationDocument> Invitations);
