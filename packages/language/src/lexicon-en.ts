/**
 * Words that carry polarity in English, written for this package. The key is the valence (3 strong … 1 weak); an
 * entry that ends in `*` is a prefix, one with `_` two words in a row.
 */
export const englishValence: Readonly<Record<string, string>> = {
  '3': `excellent* awesome* amazing* fantastic* brilliant* wonderful* outstanding superb* perfect perfectly perfection
    love loved loves loving lovely beautiful* delight* thrilled ecstatic genius lifesaver lifesaving flawless*
    exceptional* incredible incredibly marvelous* magnificent phenomenal stellar best kudos bravo hooray horray hurray
    yay yippee woohoo elegant* gorgeous fabulous adore adores adored terrific splendid spectacular excited exciting
    grateful gratitude thankful blown impressed impressive gem superbly wow wonderous stunning rocks rock unbeatable`,
  '2': `great greatly good glad happy happily happier thanks thank thanx thx ty cheers appreciate* welcome nice nicely
    cool neat helpful useful handy enjoy* fun pleased pleasant* pleasure pleasing clever cleverly smart sweet
    congrat* congratulations recommend recommended recommends favorite favourite interesting* fascinat* promising
    likes liked satisfied satisfying satisfaction reliable reliably intuitive robust seamless* smooth smoothly
    win wins winner winning success successful* succeed* valuable better well convenient effortless* responsive
    praise praised charm charming admire bless blessed hero legend yes! refreshing* powerful remarkable remarkably
    superior rewarding saves saved_us saving_us worth_it worth_the big_step step_forward exactly_what renew renewing doubled
    tripled exceeded exceeds outperform* engaging convincing practical painless well_done well_thought above_and inside_out
    rock_solid lightning_fast highly_recommend blew_us blown_away no_complaints no_outages keep_up keeps_getting_better
    hoping_for looking_forward partner* spot_on on_time picked_up just_works works_perfectly works_great works_like
    couldn't_agree can't_wait couldn't_be big_fan huge_help made_my great_help big_help thumbs_up
    superior rewarding inspiring inspired magic magical saved saver trust trusted solid spot-on nailed delicious friendly
    courteous professional generous kind kindly gracious relieved relief bonus advantage advantages improved improvement
    improvements upvote upvoted upvoting insightful informative thorough thoroughly fast faster fastest quick quickly`,
  '1': `hope hopefully hopes hoping luck lucky fine ok okay correct right agree agreed works worked worthwhile worth
    simple simply easy easily easier clean cleaner clear clearly fair decent reasonable positive improve improves
    benefit benefits beneficial support supported supports helped helps help ideal fortunately resolved solved fixed
    solves straightforward stable safe secure efficient* effective* accurate flexible comprehensive confident
    interested looking-forward curious enthusiastic eager comfortable affordable bargain best-practice plus
    haha hahaha lol smile :-) sure absolutely definitely exactly indeed`,
  '-1': `problem problems problematic issue issues error errors fail fails failed failing failure failures fault faulty
    bug bugs buggy wrong wrongly incorrect* broken breaks break missing lacks lack lacking slow slower slowly
    difficult difficulty difficulties hard complicated complex confusing confused confusion unclear messy mess unable
    stuck trouble troubles strange weird odd weirdly unfortunately unexpected unexpectedly limitation limitations
    limited unnecessary unnecessarily pointless tedious cumbersome clumsy clunky inconvenient inconsistent inefficient
    expensive costly outdated obsolete deprecated cannot can't couldn't doesn't isn't won't wont unstable crash crashes
    crashed crashing hang hangs freezes froze freeze delay delayed delays late concern concerned concerns doubt doubtful
    risk risky warning disadvantage drawback drawbacks complaint complaints poor-quality overkill ugly-ish bloated kludge
    kludgy hack hacky hacks workaround nope impossible refuse refused refuses leak leaks corrupt corrupted downtime outage
    outages overpriced unresponsive incomplete insufficient inadequate unanswered ignored ignore ignoring waiting`,
  '-2': `bad badly worse poor poorly sad sadly sadness sorry apologies apologize apologise afraid fear fears feared scared
    scary worry worried worrying worries annoy annoyed annoying annoyance annoyingly irritat* frustrat* upset
    disappoint* dissatisf* unhappy unsatisf* dislike dislikes disliked regret* pain painful painfull painfully pains
    suck sucks sucked sucky lame silly stupid stupidly dumb idiot* moron* fool foolish ugly nasty evil mess useless
    worthless crap crappy damn damned darn dang bummer bum alas ouch argh arg aargh arrgh arrghh ugh sigh grr grrr doh
    whine whining complain complain* rant rude rudely lazy sloppy mislead* misled lie lied lying liar cheat* scam fraud
    unacceptable unreliable unusable unbearable unprofessional unfair insane crazy ridiculous* absurd nonsense bogus fishy
    struggle struggl* suffer* hurt hurts hurting killing kills headache headaches nightmare* hell miserably miserable
    embarrass* ashamed guilty shame depress* desperate* hopeless despair stressed stressful anxious nervous
    insult* offend* offensive blame hostile wtf omg meh yuck yikes downvote downvoted downvotes downvoting downvoter
    waste wasted wasting wastes brutal brutally broke puzzled baffled baffling clueless lousy mediocre flawed
    mistake* degrad* refuse* ignored mess messy fed_up given_up gave_up no_idea let_down falls_short fell_short went_missing
    tired_of no_answer no_answers no_solution no_response going_down goes_down raising_prices nobody_ever no_confidence no_trust
    times_out timed_out takes_forever taking_forever left_alone nowhere_near losing_customers lost_deals switching_away
    broken_promises not_renewing misses_deadlines overcharg* cost_us unresolved escalat* understaffed unprepared clueless
    apolog* lag laggy lags stalled stalling nagging burden burdensome painful_process worsen* deteriorat* declin* setback
    undelivered breach* violat* dismissive unwilling reluctant doubtful sceptical skeptical frightening dreaded agony abhor*
    hopelessly excruciating* choke* screaming malicious unsafe vulnerable unlucky
    disturb* bother bothers bothered bothering weak terribly lost lose losing loses gibberish garbage junk trash rubbish
    painstaking unhelpful unstable threat* neglect* abandon* churn cancel cancelled terminate refund`,
  '-3': `hate hates hated hating terrible horrible horribly awful awfully horrid horrendous* atrocious* abysmal* disgust*
    disaster* catastroph* worst pathetic* appalling appalled despise* loathe* detest* furious angry angrier anger
    outrage* infuriat* enraged fuck* shit* bullshit bastard* bitch* asshole dreadful* hideous* heinous abomination
    insufferable cry crying cried weep tears devastat* horrif* terrif* ruin ruined fiasco ripoff sickening vile toxic
    abuse abused abusive screw screwed garbage unforgivable joke laughable incompetent incompetence`,
};

/** Words that turn the polarity of what follows in the same clause. */
export const englishNegations: ReadonlySet<string> = new Set(
  `not no never cannot without nothing none neither nor hardly barely scarcely nobody nowhere can't cant don't dont
  doesn't doesnt didn't didnt isn't isnt wasn't wasnt aren't arent weren't won't wont wouldn't couldn't shouldn't
  haven't hasn't hadn't ain't n't`.split(/\s+/u),
);

/** Words that make the next one stronger. */
export const englishIntensifiers: ReadonlySet<string> = new Set(
  `very really so too extremely incredibly absolutely totally completely utterly truly highly super quite pretty
  insanely ridiculously terribly horribly awfully deeply such most much`.split(/\s+/u),
);
