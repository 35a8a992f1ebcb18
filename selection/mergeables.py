"""What becomes of ratings, scores and decisions when customers are merged."""

from kcrm.lib.merging import Leave, Move, declare

TIES = "selection.relationship"
VIEW = "selection.customerview"  # a view is one thing: where the winner has his own, the other stays with the alias
declare(
    "customer",
    selection__rating__customer=Move(once=("factor_id", "rater_id"), stays=True),
    selection__score__customer=Move(once=("run_id",), stays=True),
    selection__currentscore__customer=Move(once=(), stays=True),
    selection__positionpoint__customer=Move(once=("on",), stays=True),
    selection__customerview__customer=Move(whole=VIEW),
    selection__viewfactor__customer=Move(whole=VIEW),
    selection__alternative__customer=Move(whole=VIEW),
    selection__supplierscore__customer=Move(whole=VIEW),
    selection__roundcustomer__customer=Move(once=("round_id",), stays=True),
    selection__sheetscore__customer=Move(once=("round_id", "rater_id", "factor_key"), stays=True),
    selection__consensus__customer=Move(once=("round_id", "factor_key"), stays=True),
    selection__potential__customer=Move(once=(), stays=True),
    selection__snapshotrow__customer=Leave("where it stood at that moment is never changed"),
    selection__decisionline__customer=Move(once=("decision_id",), stays=True),
    selection__scenariomove__customer=Move(once=("scenario_id",), stays=True),
    selection__classification__customer=Move(once=(), stays=True),
    selection__segmentplace__customer=Move(whole="selection.segmentplace"),
    selection__nodeaccount__customer=Move(once=("node_id",), stays=True),
    selection__relationship__customer=Move(whole=TIES),
    selection__bond__customer=Move(whole=TIES, once=("kind",), stays=True),
    selection__stageassessment__customer=Move(whole=TIES, once=("side",), stays=True),
    selection__qualityresponse__customer=Move(whole=TIES, once=("side", "said_by_id", "assessed_by_id"), stays=True),
    selection__dependenceassessment__customer=Move(whole=TIES, once=(), stays=True),
)
declare(
    "contact",
    selection__customerview__verified_with=Move(),
    selection__viewfactor__said_by=Move(),
    selection__supplierscore__said_by=Move(),
    selection__stageassessment__said_by=Move(),
    selection__qualityresponse__said_by=Move(once=("customer_id", "side", "assessed_by_id"), stays=True),
)
